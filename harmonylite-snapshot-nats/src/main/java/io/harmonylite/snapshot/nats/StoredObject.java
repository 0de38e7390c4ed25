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

/** An object as described by its metadata message; chunk size 0 and digest null were not recorded. Immutable. */
record StoredObject(
        String name,
        String nuid,
        long size,
        long chunks,
        int chunkSize,
        @Nullable String digest,
        Instant modified,
        Map<String, String> headers) {

    /** Reads a metadata message. Returns empty for tombstones and links, which other clients write. */
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

    /**
     * Returns the number of the chunk that has the byte at an offset; {@code unknown} if its writer did not record
     * that.
     */
    long chunkAt(long offset, long unknown) {
        boolean isRegular = chunkSize > 0 && chunks == (size + chunkSize - 1) / chunkSize;
        return isRegular ? Math.min(offset / chunkSize, chunks) : unknown;
    }

    /** Returns the same object with other headers. */
    StoredObject with(Map<String, String> values) {
        return new StoredObject(name, nuid, size, chunks, chunkSize, digest, modified, Map.copyOf(values));
    }

    /** Returns the store's description of the object. */
    ObjectInfo info() {
        return new ObjectInfo(name, size, modified);
    }

    /** Returns the body of its metadata message. */
    byte[] serialized(String bucket) {
        Headers copy = new Headers();
        headers.forEach((key, value) -> copy.add(key, value));
        return io.nats.client.api.ObjectInfo.builder(bucket, name)
                .headers(copy)
                .nuid(nuid)
                .size(size)
                .chunks(chunks)
                .chunkSize(chunkSize)
                .digest(digest)
                .build()
                .serialize();
    }
}
