package io.harmonylite.snapshot.internal.format;

import org.jspecify.annotations.Nullable;

/**
 * A pack as listed in a manifest. Immutable.
 *
 * @param name name of the pack
 * @param size length in the store, in bytes
 * @param sha256 digest of the stored bytes
 * @param pages number of pages that the pack stores
 * @param key key of the take that wrote the pack; null if it is not sealed, or was read without keys
 */
public record PackEntry(
        PackName name,
        int size,
        Digest sha256,
        int pages,
        @Nullable DataKey key) {

    /** Maximum length of a pack, in bytes: 16 MiB that cannot be compressed, their digests, and some reserve. */
    public static final int MAX_BYTES = 18 << 20;

    /** Creates an entry of a pack that is not sealed. */
    public PackEntry(PackName name, int size, Digest sha256, int pages) {
        this(name, size, sha256, pages, null);
    }
}
