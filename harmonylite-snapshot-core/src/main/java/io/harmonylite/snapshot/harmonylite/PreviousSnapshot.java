package io.harmonylite.snapshot.harmonylite;

/** What becomes of the object that an export replaces. */
public enum PreviousSnapshot {
    /** There was none. */
    NONE,
    /** It stayed until the new one was complete, and whoever is reading it finishes. */
    KEPT_UNTIL_COMPLETE,
    /**
     * It stayed until the new one was complete; whoever is reading it then fails, and gets the new one when it tries again.
     */
    READERS_CUT_OFF,
    /** It was removed before the new one was complete: a failure in between leaves none. */
    REMOVED_BEFORE
}
