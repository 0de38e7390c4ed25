package io.harmonylite.snapshot.internal.watch;

import io.harmonylite.snapshot.watch.Occasion;
import io.harmonylite.snapshot.watch.WatchResult;

/** Something the loop does again and again, never twice at once. */
@FunctionalInterface
public interface Duty {

    /** Does it; what it throws is a failure, but for {@code SnapshotInProgressException}. An interrupt ends it early. */
    WatchResult run(Occasion occasion);
}
