/**
 * Implements the loop behind {@code SnapshotManager.start}. {@link io.harmonylite.snapshot.internal.watch.WatchLoop}
 * runs duties, each on its own schedule, which is not part of the duty. {@link
 * io.harmonylite.snapshot.internal.watch.TakeDuty} observes, evaluates the trigger, and takes. Waits and message rates
 * are computed by pure functions.
 */
@NullMarked
package io.harmonylite.snapshot.internal.watch;

import org.jspecify.annotations.NullMarked;
