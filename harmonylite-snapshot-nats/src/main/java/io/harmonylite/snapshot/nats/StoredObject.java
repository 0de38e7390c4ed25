package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.store.ObjectInfo;
import io.nats.client.api.MessageInfo;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a metadata message says of an object. Immutable.
 *
 * @param name its name
 * @param nuid where its chunks are
 * @param size bytes in all
 * @param chunks number of chunks
 * @param chunkSize bytes of a chunk, but for the last one; 0 where its writer did not say
 * @param digest {@code SHA-256=} and the digest in base64url; null where its writer gave none
 * @param modified when the stream took the message
 */
record StoredObject(
        String name,
        String nuid,
        long size,
        long chunks,
        int chunkSize,
        @Nullable String digest,
        Instant modified) {

    /** Reads a message; empty for tombstones and links, which other clients leave. */
    static Optional<StoredObject> of(MessageInfo message) {
        io.nats.client.api.ObjectInfo info = new io.nats.client.api.ObjectInfo(message);
        String nuid = info.getNuid();
        if (info.isDeleted() || info.isLink() || nuid == null) {
            return Optional.empty();
        }
        io.nats.client.api.ObjectMetaOptions options = info.getObjectMeta().getObjectMetaOptions();
        return Optional.of(new StoredObject(
                info.getObjectName(),
                nuid,
                info.getSize(),
                info.getChunks(),
                options == null ? 0 : options.getChunkSize(),
                info.getDigest(),
                message.getTime().toInstant()));
    }

    /** What the store says of it. */
    ObjectInfo info() {
        return new ObjectInfo(name, size, modified);
    }

    /** The body of its metadata message. */
    byte[] serialized(String bucket) {
        return io.nats.client.api.ObjectInfo.builder(bucket, name)
                .nuid(nuid)
                .size(size)
                .chunks(chunks)
                .chunkSize(chunkSize)
                .digest(digest)
                .build()
                .serialize();
    }
}
