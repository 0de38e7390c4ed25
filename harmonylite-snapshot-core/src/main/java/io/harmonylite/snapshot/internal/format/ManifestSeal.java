package io.harmonylite.snapshot.internal.format;

import java.util.Arrays;

/**
 * The seal of a manifest's head. Immutable by convention.
 *
 * @param key id of the host's key that wrapped the data key of the take
 * @param wrapped the wrapped data key
 * @param head the sealed values of the head, which authenticate the others
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by content below.
public record ManifestSeal(String key, byte[] wrapped, byte[] head) {

    /** Returns this seal with other sealed values. */
    ManifestSeal with(byte[] sealed) {
        return new ManifestSeal(key, wrapped, sealed);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ManifestSeal that
                && key.equals(that.key)
                && Arrays.equals(wrapped, that.wrapped)
                && Arrays.equals(head, that.head);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(head);
    }

    @Override
    public String toString() {
        return "sealed by key " + key;
    }
}
