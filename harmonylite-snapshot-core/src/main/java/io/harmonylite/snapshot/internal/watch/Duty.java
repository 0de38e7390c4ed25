package io.harmonylite.snapshot.internal.watch;

import io.harmonylite.snapshot.watch.Occasion;

/** Work that the loop repeats, never twice at once. */
@FunctionalInterface
public interface Duty {

    /** Runs the duty once. An exception except {@code SnapshotInProgressException} is a failure. */
    WatchResult run(Occasion occasion);
}
