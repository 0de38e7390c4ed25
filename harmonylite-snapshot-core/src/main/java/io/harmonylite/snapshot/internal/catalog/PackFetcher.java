package io.harmonylite.snapshot.internal.catalog;

import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.internal.format.Digest;
import io.harmonylite.snapshot.internal.format.MalformedException;
import io.harmonylite.snapshot.internal.format.PackEntry;
import java.util.Objects;
import java.util.function.LongConsumer;

/**
 * Fetches packs, or parts of them, into one reused buffer. Fetches again what cannot be verified, because the transfer
 * may be at fault and not the store. Not thread-safe.
 */
public final class PackFetcher {

    private static final int ATTEMPTS = 3;

    private final SnapshotCatalog catalog;
    private final LongConsumer fetched;
    private byte[] buffer = new byte[0];

    /** Creates a fetcher; {@code fetched} receives the length of each read in bytes. */
    public PackFetcher(SnapshotCatalog catalog, LongConsumer fetched) {
        this.catalog = catalog;
        this.fetched = fetched;
    }

    /** Returns a buffer that begins with the pack, valid until the next call; throws if it is missing or damaged. */
    public byte[] fetch(PackEntry pack) {
        return fetch(pack, 0, pack.size(), bytes -> {
            if (!Digest.of(bytes, 0, pack.size()).equals(pack.sha256())) {
                throw new MalformedException("its digest does not match");
            }
            return bytes;
        });
    }

    /** Fetches a part of a pack; throws if the pack is missing or the part is damaged at every attempt. */
    public <T, E extends Exception> T fetch(PackEntry pack, int offset, int length, Decoder<T, E> decoder) throws E {
        if (buffer.length < length) {
            buffer = new byte[length];
        }
        CorruptSnapshotException failure = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                catalog.readPack(pack, offset, length, buffer);
                fetched.accept(length);
                return decoder.decode(buffer);
            } catch (MalformedException e) {
                failure = new CorruptSnapshotException("pack " + pack.name() + " is damaged: " + e.getMessage(), e);
            } catch (CorruptSnapshotException e) {
                failure = e;
            }
        }
        throw Objects.requireNonNull(failure, "every attempt but the last has failed");
    }

    /** Verifies and decodes a part of a pack. */
    @FunctionalInterface
    public interface Decoder<T, E extends Exception> {

        /** Decodes the part at the beginning of a buffer. */
        T decode(byte[] bytes) throws MalformedException, E;
    }
}
