/**
 * Takes a snapshot in stages: Capture, Sanitize, Compact, Check in parallel with Seal, Commit. Each stage is a class
 * with one job; its input is the record that the stage before it returned. {@link
 * io.harmonylite.snapshot.internal.take.TakeRun} runs them in order. A snapshot exists from the moment its manifest
 * does, which is written last.
 */
@NullMarked
package io.harmonylite.snapshot.internal.take;

import org.jspecify.annotations.NullMarked;
