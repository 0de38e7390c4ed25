/**
 * Takes snapshots in stages: Capture, Sanitize, Compact, Seal and Check in parallel, Commit. Each stage is a class with
 * one job: it takes the record of the previous stage and returns its own. {@link
 * io.harmonylite.snapshot.internal.take.TakePipeline} connects them. A snapshot exists as soon as its manifest does,
 * which is written last.
 */
@NullMarked
package io.harmonylite.snapshot.internal.take;

import org.jspecify.annotations.NullMarked;
