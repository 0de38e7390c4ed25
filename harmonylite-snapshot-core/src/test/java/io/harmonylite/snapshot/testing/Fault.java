package io.harmonylite.snapshot.testing;

/** What a {@link FaultyStore} does to one call. */
public enum Fault {
    /** Nothing: the call goes through. */
    NONE,
    /** Cannot be reached: a plain {@code IOException}, and the call was not made. */
    UNREACHABLE,
    /** The call is made, and its answer is lost: a put is indeterminate, everything else a plain {@code IOException}. */
    ANSWER_LOST,
    /** A put is not made and says that its outcome is unknown; other calls as {@link #UNREACHABLE}. */
    OUTCOME_UNKNOWN,
    /** A put finds the store full; other calls go through. */
    FULL,
    /** The call is not allowed, and was not made. */
    FORBIDDEN,
    /** What is read breaks off in the middle with a plain {@code IOException}; other calls as {@link #UNREACHABLE}. */
    BROKEN_READ,
    /** What is read ends in the middle as if that were its end: a lie, against S5; other calls go through. */
    SHORT_READ,
    /** One bit in the middle of what is read is another one: a lie, against S5; other calls go through. */
    FLIPPED_BIT,
    /** What is listed lacks its last object, the newest one for instance: a lie, against S7; other calls go through. */
    STALE_LIST,
    /** The call goes through after a while ({@link FaultyStore#slowness}); an interrupt ends it before it is made. */
    SLOW,
    /**
     * The call does not return: until its thread is interrupted, which ends it with an {@code InterruptedIOException} and
     * the flag kept, or until {@link FaultyStore#release}, which lets it through.
     */
    HANG
}
