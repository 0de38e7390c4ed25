package io.harmonylite.snapshot.recovery;

/**
 * Decision of the host about a stream that was deleted, recreated or rolled back to older storage. If a decision cannot
 * be carried out, the plan stops and its reason says why. Immutable.
 */
public sealed interface ResetDecision {

    /** Stops recovery: a person must decide. This is the default. */
    static ResetDecision stop() {
        return Kind.STOP;
    }

    /**
     * Keeps the database and applies the new stream from its first message. Possible only if the stream still holds
     * every message that was published to it.
     */
    static ResetDecision replayFromFirst() {
        return Kind.REPLAY_FROM_FIRST;
    }

    /** Restores a snapshot that was taken after the reset and covers every stream. */
    static ResetDecision restore() {
        return Kind.RESTORE;
    }

    /**
     * Continues after a sequence of the new stream. The host asserts that the database holds the effect of every
     * message up to it.
     *
     * @throws IllegalArgumentException if the sequence is negative
     */
    static ResetDecision acceptAt(long sequence) {
        return new AcceptAt(sequence);
    }

    /** Decisions without a sequence. */
    enum Kind implements ResetDecision {
        /** See {@link ResetDecision#stop}. */
        STOP,
        /** See {@link ResetDecision#replayFromFirst}. */
        REPLAY_FROM_FIRST,
        /** See {@link ResetDecision#restore}. */
        RESTORE
    }

    /**
     * See {@link ResetDecision#acceptAt}.
     *
     * @param sequence sequence of the last message whose effect the database holds; 0 for none
     */
    record AcceptAt(long sequence) implements ResetDecision {

        /**
         * Checks the sequence.
         *
         * @throws IllegalArgumentException if the sequence is negative
         */
        public AcceptAt {
            if (sequence < 0) {
                throw new IllegalArgumentException("the accepted sequence must be at least 0, not " + sequence);
            }
        }
    }
}
