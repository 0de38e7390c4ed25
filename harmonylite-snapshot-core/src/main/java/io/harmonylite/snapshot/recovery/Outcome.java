package io.harmonylite.snapshot.recovery;

/** What a plan comes to, for one stream or for all of them. From the best to the worst: the worst of all streams counts. */
public enum Outcome {
    /** Everything the stream has is applied. */
    UP_TO_DATE,
    /** The stream still has everything that follows. */
    REPLAY,
    /** A snapshot is restored first. */
    RESTORE,
    /** Messages are gone from the stream, and no snapshot has them: a person must decide. */
    GAP,
    /** The database holds rows and nobody knows how far they are: a person must decide. */
    POSITIONS_LOST,
    /** The database cannot be read: a person must decide. */
    DATABASE_DAMAGED,
    /** The stream is not the one that was followed: a person must decide. */
    STREAM_RESET;

    /** Whether a host goes on after it, rather than stops. */
    public boolean goesOn() {
        return compareTo(RESTORE) <= 0;
    }
}
