package io.harmonylite.snapshot.recovery;

/**
 * What a host wants done where a stream is not the one it followed: deleted and created anew, or set back to older
 * storage. Immutable. Where a decision cannot be carried out the plan stays what it was, and says why.
 */
public sealed interface ResetDecision {

    /** A person must decide. The default. */
    static ResetDecision stop() {
        return Kind.STOP;
    }

    /** Keep the database as it is and apply the new stream from its first message on; only where that is message 1. */
    static ResetDecision replayFromFirst() {
        return Kind.REPLAY_FROM_FIRST;
    }

    /** Restore a snapshot that was taken since, and covers. */
    static ResetDecision restore() {
        return Kind.RESTORE;
    }

    /**
     * The database is known to hold everything up to a sequence of the new stream: go on after it.
     *
     * @throws IllegalArgumentException where the sequence is negative
     */
    static ResetDecision acceptAt(long sequence) {
        return new AcceptAt(sequence);
    }

    /** Decisions that need no number. */
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
     * @param sequence of the last message whose effect the database holds, 0 for none
     */
    record AcceptAt(long sequence) implements ResetDecision {

        /** Refuses a negative sequence. */
        public AcceptAt {
            if (sequence < 0) {
                throw new IllegalArgumentException("a stream's sequence is not negative: " + sequence);
            }
        }
    }
}
