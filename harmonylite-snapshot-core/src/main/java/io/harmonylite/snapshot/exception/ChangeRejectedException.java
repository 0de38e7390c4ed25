package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if a HarmonyLite change message cannot be applied to this database: it is damaged, or was written under
 * another schema. Nothing was applied or counted, and the stream stops here until a person has decided. The message
 * says what to do.
 */
public class ChangeRejectedException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    private final String stream;
    private final long sequence;

    /**
     * Creates an exception for one message of a stream.
     *
     * @param stream the stream that contains the message
     * @param sequence sequence of the message
     * @param message what is wrong with it, and what to do
     * @param cause the cause, or null
     */
    public ChangeRejectedException(String stream, long sequence, String message, @Nullable Throwable cause) {
        super("message " + sequence + " of stream " + stream + " cannot be applied: " + message, cause);
        this.stream = stream;
        this.sequence = sequence;
    }

    /** Returns the stream that contains the message. */
    public String stream() {
        return stream;
    }

    /** Returns the sequence of the message in its stream. */
    public long sequence() {
        return sequence;
    }
}
