package io.harmonylite.snapshot.watch;

/** Duty of the watch loop. Each has its own schedule. */
public enum WatchDuty {
    /** Checks whether a snapshot is due, and takes it. */
    TAKE,
    /** Retires and removes the snapshots that retention does not keep, after each take. */
    PRUNE,
    /** Rebuilds the newest snapshot and verifies it completely. */
    DRILL,
    /** Removes messages and change log rows that proven snapshots have made unnecessary. */
    TRIM
}
