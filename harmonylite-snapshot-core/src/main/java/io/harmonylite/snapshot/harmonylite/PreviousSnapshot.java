package io.harmonylite.snapshot.harmonylite;

/** What happened to the object that an export replaced. */
public enum PreviousSnapshot {
    /** There was no previous object. */
    NONE,
    /** The previous object stayed until the new one was complete. Its open readers finish. */
    KEPT_UNTIL_COMPLETE,
    /**
     * The previous object stayed until the new one was complete. Its open readers fail, and get the new object when
     * they retry.
     */
    READERS_CUT_OFF,
    /** The previous object was removed before the new one was complete: a failure in between leaves no object. */
    REMOVED_BEFORE
}
