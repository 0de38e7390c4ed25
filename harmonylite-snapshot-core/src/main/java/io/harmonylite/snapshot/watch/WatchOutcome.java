package io.harmonylite.snapshot.watch;

/** How one run of a duty ended. */
public enum WatchOutcome {
    /** It did what it is for: a snapshot was taken, a prune was done. */
    DONE,
    /** There was nothing to do. */
    NOT_DUE,
    /** A take was due, and there is a snapshot of the same image at the same positions. Nothing was uploaded. */
    UNCHANGED,
    /** A take was due, and the newest snapshot is ahead of this node. */
    BEHIND,
    /** Another take or restore of this manager runs, or another node holds the lease. */
    BUSY,
    /** It failed. */
    FAILED,
    /** The manager was closed meanwhile. */
    STOPPED
}
