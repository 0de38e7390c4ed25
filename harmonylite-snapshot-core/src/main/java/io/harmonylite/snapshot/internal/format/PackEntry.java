package io.harmonylite.snapshot.internal.format;

/**
 * A pack as a manifest names it. Immutable.
 *
 * @param name its name
 * @param size its length in the store, in bytes
 * @param sha256 digest of its stored bytes
 */
public record PackEntry(PackName name, int size, Digest sha256) {

    /** Longest pack, in bytes: 16 MiB that cannot be compressed, their page table, and room. */
    public static final int MAX_BYTES = 18 << 20;
}
