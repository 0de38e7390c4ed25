/**
 * The operator's tool: the library's calls, for a shell.
 *
 * <p>A command is one class, and one entry in {@link io.harmonylite.snapshot.tool.SnapshotTool}; what commands
 * share are mixins. A URI scheme is one class, and one entry in
 * {@link io.harmonylite.snapshot.tool.StorageUri}. Results go to stdout, everything else to stderr; with
 * {@code --json} stdout is one JSON document, in failure too. What an exception means for the shell stands in
 * {@link io.harmonylite.snapshot.tool.ExitStatus}.
 */
@NullMarked
package io.harmonylite.snapshot.tool;

import org.jspecify.annotations.NullMarked;
