package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.store.ObjectInfo;
import io.nats.client.api.MessageInfo;
import io.nats.client.impl.Headers;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
 * @param headers what its writer says of it besides
 */
record StoredObject(
        String name,
        String nuid,
        long size,
        long chunks,
        int chunkSize,
        @Nullable String digest,
        Instant modified,
        Map<String, String> headers) {

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
                message.getTime().toInstant(),
                headers(info)));
    }

    private static Map<String, String> headers(io.nats.client.api.ObjectInfo info) {
        Map<String, String> found = new TreeMap<>();
        Headers headers = info.getHeaders();
        if (headers != null) {
            headers.forEach((name, values) -> values.forEach(value -> found.put(name, value)));
        }
        return Collections.unmodifiableMap(found);
    }

    /** The same with what is said of it besides. */
    StoredObject with(Map<String, String> said) {
        return new StoredObject(name, nuid, size, chunks, chunkSize, digest, modified, Map.copyOf(said));
    }

    /** What the store says of it. */
    ObjectInfo info() {
        return new ObjectInfo(name, size, modified);
    }

    /** The body of its metadata message. */
    byte[] serialized(String bucket) {
        Headers said = new Headers();
        headers.forEach((key, value) -> said.add(key, value));
        return io.nats.client.api.ObjectInfo.builder(bucket, name)
                .headers(said)
                .nuid(nuid)
                .size(size)
                .chunks(chunks)
                .chunkSize(chunkSize)
                .digest(digest)
                .build()
                .serialize();
    }
}
