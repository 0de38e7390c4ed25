package io.harmonylite.snapshot.stream;

import io.harmonylite.snapshot.SequenceRange;

/** What it means that a message arrived, given the position before it; {@link GapDetector} tells. */
public sealed interface Arrival {

    /** It is the one that was expected: apply it. */
    record Next() implements Arrival {}

    /** It is applied already: pass it over. */
    record Duplicate() implements Arrival {}

    /**
     * Messages before it were deleted inside the stream, which the host has declared normal: count them as skipped, then
     * apply it.
     *
     * @param range the messages that were deleted
     */
    record Skip(SequenceRange range) implements Arrival {}

    /**
     * The consumer passed messages over that the stream still keeps: nothing is lost. Do not apply it; begin to consume
     * again after the position.
     *
     * @param range what was not delivered
     */
    record Undelivered(SequenceRange range) implements Arrival {}

    /**
     * Messages before it are gone, and were never applied. Do not apply it; stop and recover.
     *
     * @param range the messages that are missing
     * @param cause where they went
     */
    record Gap(SequenceRange range, Cause cause) implements Arrival {}

    /**
     * It is of another stream than the position: that was deleted, created anew, or set back to older storage. Do not
     * apply it; stop and recover.
     *
     * @param reason what shows it, for people
     */
    record Reset(String reason) implements Arrival {}

    /** Where missing messages went. */
    enum Cause {
        /** The stream dropped them, because it keeps a window and this consumer is too slow. */
        DROPPED,
        /** Somebody deleted them inside the stream. */
        DELETED
    }
}
