package io.harmonylite.snapshot.internal.format;

import io.harmonylite.snapshot.exception.SnapshotKeyException;

/** The keys of a host, which wrap the data keys of its takes. The first one wraps, all unwrap. Thread-safe. */
public interface KeyRing {

    /** Returns the id of the key that wraps. */
    String first();

    /**
     * Encrypts a data key with the first key.
     *
     * @param context bytes to which the result is bound
     * @throws SnapshotKeyException if the key cannot be used
     */
    byte[] wrap(byte[] secret, byte[] context);

    /**
     * Decrypts a data key.
     *
     * @param key id of the key that wrapped it
     * @throws SnapshotKeyException if there is no such key, or it does not open the data key
     */
    byte[] unwrap(String key, byte[] wrapped, byte[] context);
}
