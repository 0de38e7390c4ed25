package io.harmonylite.snapshot.watch;

/** What the loop does, each on a schedule of its own. */
public enum WatchDuty {
    /** Asks whether a snapshot is due, and takes it. */
    TAKE,
    /** Retires and removes what retention does not keep, after each take. */
    PRUNE,
    /** Rebuilds the newest snapshot and checks it completely. */
    DRILL,
    /** Removes from streams and change logs what proven snapshots made superfluous. */
    TRIM
}
