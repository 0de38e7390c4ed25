package io.harmonylite.snapshot.exception;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Thrown if a snapshot cannot be opened with the keys of the caller: it was sealed with a key that is missing or wrong,
 * or it was made without keys although the caller has some. Nothing was fetched. Supply the key that {@link #key} names.
 */
public class SnapshotKeyException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    private final @Nullable String key;

    /**
     * Creates an exception with a message.
     *
     * @param key id of the key; null if the snapshot was made without keys
     */
    public SnapshotKeyException(String message, @Nullable String key) {
        super(message);
        this.key = key;
    }

    /** Returns the id of the key; empty if the snapshot was made without keys. An id is not secret. */
    public Optional<String> key() {
        return Optional.ofNullable(key);
    }
}
