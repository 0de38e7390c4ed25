package io.harmonylite.snapshot.internal.watch;

import io.harmonylite.snapshot.watch.Occasion;

/** Work that the loop repeats, never twice at once. */
@FunctionalInterface
public interface Duty {

    /**
     * Runs the duty once. An exception is a failure, except {@code SnapshotInProgressException}. An interrupt ends the
     * run early.
     */
    WatchResult run(Occasion occasion);
}
