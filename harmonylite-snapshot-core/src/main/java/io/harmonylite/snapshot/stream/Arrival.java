package io.harmonylite.snapshot.stream;

import io.harmonylite.snapshot.SequenceRange;

/** The meaning of a message's arrival, given the position before it; {@link GapDetector} determines it. */
public sealed interface Arrival {

    /** The message is the expected one: apply it. */
    record Next() implements Arrival {}

    /** The message was applied before: ignore it. */
    record Duplicate() implements Arrival {}

    /**
     * The stream does not have the sequences before this message, and the host needs none of them: count them as
     * skipped, then apply this message. Messages were deleted inside the stream, and {@linkplain
     * Streams#areDeletedMessagesAllowed that is allowed}; or the stream was created with a first sequence above 1.
     *
     * @param range the sequences without a message
     */
    record Skip(SequenceRange range) implements Arrival {}

    /**
     * The consumer skipped messages that the stream still keeps, so nothing is lost. Do not apply the message; consume
     * again from the position on.
     *
     * @param range the messages that were not delivered
     */
    record Undelivered(SequenceRange range) implements Arrival {}

    /**
     * Messages before this one were never applied and are gone. Do not apply the message; stop and recover.
     *
     * @param range the missing messages
     * @param cause why they are missing
     */
    record Gap(SequenceRange range, Cause cause) implements Arrival {}

    /**
     * The message belongs to another stream than the position: the stream was deleted, created anew, or set back to
     * older storage. Do not apply the message; stop and recover.
     *
     * @param reason the evidence, for people
     */
    record Reset(String reason) implements Arrival {}

    /** Why messages are missing. */
    enum Cause {
        /** The stream's retention dropped them, because the consumer is too slow. */
        DROPPED,
        /** They were deleted inside the stream. */
        DELETED
    }
}
