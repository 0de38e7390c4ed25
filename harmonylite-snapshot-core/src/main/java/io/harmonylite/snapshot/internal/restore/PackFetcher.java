package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.catalog.StoreFailures;
import io.harmonylite.snapshot.internal.format.Digest;
import io.harmonylite.snapshot.internal.format.PackEntry;
import io.harmonylite.snapshot.store.NoSuchObjectException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * Fetches packs into one reused buffer. A pack is read completely and verified against the manifest's digest before its
 * content is used. A pack that fails is fetched again, because the transfer may be at fault and not the store. Not
 * thread-safe.
 */
final class PackFetcher {

    private static final int ATTEMPTS = 3;

    private final SnapshotCatalog catalog;
    private final byte[] buffer = new byte[PackEntry.MAX_BYTES];

    PackFetcher(SnapshotCatalog catalog) {
        this.catalog = catalog;
    }

    /** Returns a buffer whose first {@link PackEntry#size} bytes are the pack. Valid until the next call. */
    byte[] fetch(PackEntry pack) {
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

    /** Fetches a part of a pack. The caller verifies its content page by page. */
    byte[] fetchRange(PackEntry pack, long offset, int length) {
        return StoreFailures.calling(() -> {
            byte[] bytes = new byte[length];
            read(pack, offset, length, bytes);
            return bytes;
        });
    }

    private byte[] attempt(PackEntry pack) {
        return StoreFailures.calling(() -> {
            read(pack, 0, pack.size(), buffer);
            if (!Digest.of(buffer, 0, pack.size()).equals(pack.sha256())) {
                throw new CorruptSnapshotException("pack " + pack.name() + " is damaged: its digest does not match");
            }
            return buffer;
        });
    }

    private void read(PackEntry pack, long offset, int length, byte[] target) throws IOException {
        try (InputStream in = catalog.store().open(catalog.layout().pack(pack.name()), offset, length)) {
            if (in.readNBytes(target, 0, length) != length) {
                throw new EOFException("pack " + pack.name() + " ends unexpectedly");
            }
        } catch (NoSuchObjectException e) {
            throw new CorruptSnapshotException("pack " + pack.name() + " is missing", e);
        }
    }
}
