/**
 * The command line tool: the library's operations for a shell.
 *
 * <p>A command is one class, and one entry in {@link SnapshotTool}; shared options are mixins. A URI scheme is one
 * class, and one entry in {@link StorageUri}. Results go to stdout, all other output to stderr. With {@code --json}
 * stdout is one JSON document, also on failure. {@link ExitStatus} maps exceptions to exit statuses.
 */
@NullMarked
package io.harmonylite.snapshot.tool;

import org.jspecify.annotations.NullMarked;
