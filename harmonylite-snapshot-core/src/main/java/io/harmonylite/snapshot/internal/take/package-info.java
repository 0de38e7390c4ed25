/**
 * Taking a snapshot: Capture, Sanitize, Compact, Check beside Seal, Commit. Each stage is a class with one job that takes
 * the record the stage before it returned and returns its own; {@link io.harmonylite.snapshot.internal.take.TakePipeline}
 * strings them together. A snapshot exists from the moment its manifest does, which is the last thing written.
 */
@NullMarked
package io.harmonylite.snapshot.internal.take;

import org.jspecify.annotations.NullMarked;
