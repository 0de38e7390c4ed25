package io.harmonylite.snapshot.recovery;

/**
 * Outcome of a plan, for one stream or for all streams. Ordered from best to worst; the plan for all streams has the
 * worst outcome of any stream.
 */
public enum RecoveryOutcome {
    /** Every message of the stream is applied. */
    UP_TO_DATE,
    /** The stream still holds every message after the position. */
    REPLAY,
    /** A snapshot is restored first. */
    RESTORE,
    /** A snapshot of HarmonyLite is restored first, because no snapshot of this library contains the missing messages. */
    RESTORE_HARMONYLITE,
    /** Messages were removed from the stream and no snapshot contains their effect: a person must decide. */
    GAP,
    /** The database holds rows but its position is unknown: a person must decide. */
    POSITIONS_LOST,
    /** The database cannot be read: a person must decide. */
    DATABASE_DAMAGED,
    /** The stream was deleted, recreated or rolled back: a person must decide. */
    STREAM_RESET;

    /** Returns whether the host continues after a plan with this outcome. */
    public boolean goesOn() {
        return compareTo(RESTORE_HARMONYLITE) <= 0;
    }
}
