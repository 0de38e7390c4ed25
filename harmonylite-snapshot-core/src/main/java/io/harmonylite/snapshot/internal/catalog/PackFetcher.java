package io.harmonylite.snapshot.internal.catalog;

import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.internal.format.Digest;
import io.harmonylite.snapshot.internal.format.PackEntry;
import java.util.Objects;

/**
 * Fetches packs into one reused buffer. A pack is read completely and verified against the manifest's digest before its
 * content is used. A pack that fails is fetched again, because the transfer may be at fault and not the store. Not
 * thread-safe.
 */
public final class PackFetcher {

    private static final int ATTEMPTS = 3;

    private final SnapshotCatalog catalog;
    private final byte[] buffer = new byte[PackEntry.MAX_BYTES];

    /** Creates a fetcher of packs in a catalog's store. */
    public PackFetcher(SnapshotCatalog catalog) {
        this.catalog = catalog;
    }

    /**
     * Returns a buffer whose first {@link PackEntry#size} bytes are the pack. Valid until the next call.
     *
     * @throws CorruptSnapshotException if the pack is missing, or damaged at every attempt
     */
    public byte[] fetch(PackEntry pack) {
        CorruptSnapshotException failure = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                return attempt(pack);
            } catch (CorruptSnapshotException e) {
                failure = e;
            }
        }
        throw Objects.requireNonNull(failure, "every attempt but the last has failed");
    }

    private byte[] attempt(PackEntry pack) {
        catalog.readPack(pack, 0, pack.size(), buffer);
        if (!Digest.of(buffer, 0, pack.size()).equals(pack.sha256())) {
            throw new CorruptSnapshotException("pack " + pack.name() + " is damaged: its digest does not match");
        }
        return buffer;
    }
}
