/**
 * The loop behind {@code SnapshotManager.start}. {@link io.harmonylite.snapshot.internal.watch.WatchLoop} runs duties, each
 * on a schedule of its own; a duty knows nothing of when. {@link io.harmonylite.snapshot.internal.watch.TakeDuty} observes,
 * asks the trigger, and takes. How long to wait, and how fast messages come, are pure functions.
 */
@NullMarked
package io.harmonylite.snapshot.internal.watch;

import org.jspecify.annotations.NullMarked;
