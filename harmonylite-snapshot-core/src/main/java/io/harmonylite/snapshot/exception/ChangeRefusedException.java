package io.harmonylite.snapshot.exception;

import org.jspecify.annotations.Nullable;

/**
 * A change message of HarmonyLite's cannot be applied to this database: it is damaged, or was written under another schema.
 * Nothing was applied and nothing counted: the stream stops here until a person has decided. The message says what to do.
 */
public class ChangeRefusedException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    private final String stream;
    private final long sequence;

    /**
     * Says what is wrong with a message.
     *
     * @param stream the stream it is in
     * @param sequence its sequence there
     */
    public ChangeRefusedException(String stream, long sequence, String message, @Nullable Throwable cause) {
        super("message " + sequence + " of stream " + stream + " cannot be applied: " + message, cause);
        this.stream = stream;
        this.sequence = sequence;
    }

    /** The stream the message is in. */
    public String stream() {
        return stream;
    }

    /** The message's sequence in its stream. */
    public long sequence() {
        return sequence;
    }
}
