package io.harmonylite.snapshot.watch;

/** Outcome of one run of a duty. */
public enum WatchOutcome {
    /** The duty did its work: for example, a snapshot was taken or a prune completed. */
    DONE,
    /** Nothing was due. */
    NOT_DUE,
    /** A take was due, but an identical snapshot exists: same image, same positions. Nothing was uploaded. */
    UNCHANGED,
    /** A take was due, but the newest snapshot is ahead of this node. */
    BEHIND,
    /** Another take or restore of this manager is running, or another node holds the lease. */
    BUSY,
    /** The run failed. */
    FAILED,
    /** The manager was closed during the run. */
    STOPPED
}
