package io.harmonylite.snapshot.internal.format;

/**
 * A pack as listed in a manifest. Immutable.
 *
 * @param name name of the pack
 * @param size length in the store, in bytes
 * @param sha256 digest of the stored bytes
 * @param pages number of pages that the pack stores
 */
public record PackEntry(PackName name, int size, Digest sha256, int pages) {

    /** Maximum length of a pack, in bytes: 16 MiB that cannot be compressed, their digests, and some reserve. */
    public static final int MAX_BYTES = 18 << 20;
}
