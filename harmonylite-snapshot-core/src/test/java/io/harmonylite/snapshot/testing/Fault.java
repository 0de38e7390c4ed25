package io.harmonylite.snapshot.testing;

/** A fault of one call of a {@link FaultyStore}. */
public enum Fault {
    /** Passes the call. */
    NONE,
    /** Does not make the call and throws a plain {@code IOException}, as if the store could not be reached. */
    UNREACHABLE,
    /**
     * Makes the call and loses its answer: a put throws {@code IndeterminateWriteException}, other calls a plain {@code
     * IOException}.
     */
    ANSWER_LOST,
    /** Does not make a put and throws {@code IndeterminateWriteException}; other calls as {@link #UNREACHABLE}. */
    OUTCOME_UNKNOWN,
    /** Throws {@code StoreFullException} from a put; passes other calls. */
    FULL,
    /** Does not make the call and throws {@code StoreAccessException}. */
    FORBIDDEN,
    /** Breaks a read in the middle with a plain {@code IOException}; other calls as {@link #UNREACHABLE}. */
    BROKEN_READ,
    /** Ends a read in the middle as if the object ended there, which violates S5; passes other calls. */
    SHORT_READ,
    /** Flips one bit in the middle of a read, which violates S5; passes other calls. */
    FLIPPED_BIT,
    /** Omits the last object of a listing, which violates S7; passes other calls. */
    STALE_LIST,
    /** Delays the call by {@link FaultyStore#slowness}; an interrupt ends it before it is made. */
    SLOW,
    /**
     * Blocks the call until {@link FaultyStore#release}, which passes it, or until its thread is interrupted. An
     * interrupted call throws {@code InterruptedIOException} and keeps the interrupt flag.
     */
    HANG
}
