package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.nats.RequestFailure.Reason;
import io.harmonylite.snapshot.store.IndeterminateWriteException;
import io.harmonylite.snapshot.store.NoSuchObjectException;
import io.harmonylite.snapshot.store.ObjectExistsException;
import io.harmonylite.snapshot.store.ObjectSource;
import io.nats.client.JetStreamApiException;
import io.nats.client.api.MessageInfo;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** One object-store bucket. Thread-safe; closes nothing. */
final class ObjectBucket {

    private static final int UPLOADS = 3;
    private static final int LISTED_AT_ONCE = 64;

    private final JetStreamApi api;
    private final BucketNames names;

    ObjectBucket(JetStreamApi api, BucketNames names) {
        this.api = api;
        this.names = names;
    }

    BucketNames names() {
        return names;
    }

    void putIfAbsent(String name, ObjectSource source) throws IOException {
        if (metadata(name).isPresent()) {
            throw new ObjectExistsException(name + " exists already in bucket " + names.bucket());
        }
        uploading(name, source, object -> {
            new MetadataCommit(api, names, object, 0).run();
            requireAllChunks(object);
            return object;
        });
    }

    /** Uploads an object, repeatedly if that may help, and makes it visible; if that fails, all chunks are removed. */
    <T> T uploading(String name, ObjectSource source, Naming<T> naming) throws IOException {
        for (int upload = 1; ; upload++) {
            try {
                return put(name, source, naming);
            } catch (JetStreamApiException | RequestFailure e) {
                if (upload == UPLOADS || !NatsFailures.mayPass(e)) {
                    throw NatsFailures.store(names.located(name), e);
                }
            }
        }
    }

    InputStream open(String name) throws IOException {
        StoredObject object = existing(name);
        return open(object, 0, object.size());
    }

    InputStream open(String name, long offset, long length) throws IOException {
        StoredObject object = existing(name);
        if (offset > object.size() - length) {
            throw new EOFException(name + " has " + object.size() + " bytes, not " + length + " from " + offset);
        }
        return open(object, offset, length);
    }

    StoredObject existing(String name) throws IOException {
        return metadata(name)
                .flatMap(StoredObject::of)
                .orElseThrow(() -> new NoSuchObjectException("there is no " + name + " in bucket " + names.bucket()));
    }

    /** Returns the objects whose names match. Costs one request, and one more for each object found. */
    List<StoredObject> list(Predicate<String> wanted) throws IOException {
        return calling("bucket " + names.bucket(), () -> {
            List<StoredObject> found = new ArrayList<>();
            messages(wanted).forEach(message -> StoredObject.of(message).ifPresent(found::add));
            return found;
        });
    }

    void delete(String name) throws IOException {
        Optional<MessageInfo> metadata = metadata(name);
        if (metadata.isEmpty()) {
            return;
        }
        String nuid = new io.nats.client.api.ObjectInfo(metadata.get()).getNuid();
        calling(name, () -> {
            api.purge(names.stream(), names.metadata(name));
            if (nuid != null) {
                api.purge(names.stream(), names.chunks(nuid));
            }
            return true;
        });
    }

    /** Returns the metadata messages of the names that match, tombstones included. */
    List<MessageInfo> messages(Predicate<String> wanted) throws IOException, JetStreamApiException {
        List<MessageInfo> found = new ArrayList<>();
        Deque<PendingReply> requested = new ArrayDeque<>();
        for (String subject : api.subjects(names.stream(), names.allMetadata()).keySet()) {
            if (names.objectOf(subject).filter(wanted).isPresent()) {
                requested.add(api.askingLast(names.stream(), subject));
            }
            if (requested.size() == LISTED_AT_ONCE) {
                addReply(requested.remove(), found);
            }
        }
        while (!requested.isEmpty()) {
            addReply(requested.remove(), found);
        }
        return found;
    }

    private void addReply(PendingReply reply, List<MessageInfo> found) throws IOException, JetStreamApiException {
        api.messageOf(reply, names.stream()).ifPresent(found::add); // Or the object was deleted after the listing.
    }

    /** Returns the newest metadata message of a name, possibly a tombstone. */
    private Optional<MessageInfo> metadata(String name) throws IOException {
        return calling(name, () -> api.lastMessage(names.stream(), names.metadata(name)));
    }

    private <T> T put(String name, ObjectSource source, Naming<T> naming) throws IOException, JetStreamApiException {
        ChunkUpload upload = new ChunkUpload(api, names);
        boolean named = false;
        try {
            T result = naming.name(upload.send(name, source));
            named = true;
            return result;
        } catch (IndeterminateWriteException e) {
            named = true; // The object may become visible, and needs its chunks then.
            throw e;
        } finally {
            if (!named) {
                upload.discard();
            }
        }
    }

    /** Removes a visible object without all its chunks: a sweep or a failed server may have lost some. */
    private void requireAllChunks(StoredObject object) throws IOException {
        String subject = names.chunks(object.nuid());
        long present;
        try {
            present = object.chunks() == 0
                    ? 0
                    : api.subjects(names.stream(), subject).getOrDefault(subject, 0L);
        } catch (IOException | JetStreamApiException e) {
            throw new IndeterminateWriteException(
                    object.name() + " was stored in bucket " + names.bucket()
                            + ", but its chunks could not be verified: " + e.getMessage(),
                    e);
        }
        if (present < object.chunks()) {
            delete(object.name());
            throw new RequestFailure(
                    Reason.DISORDER,
                    object.chunks() - present + " of " + object.chunks() + " chunks of " + object.name()
                            + " were lost before its metadata was stored; the object was removed",
                    null);
        }
    }

    InputStream open(StoredObject object, long offset, long length) {
        long end = object.chunkAt(offset + length + Math.max(1, object.chunkSize()) - 1, object.chunks());
        return new ChunkInputStream(new ChunkSource(api, names, object, end), object, offset, length);
    }

    private static <T> T calling(String what, NatsRetries.Request<T> request) throws IOException {
        try {
            return request.send();
        } catch (IOException | JetStreamApiException e) {
            throw NatsFailures.store(what, e);
        }
    }

    /** Makes an object visible whose chunks are all stored. */
    interface Naming<T> {
        T name(StoredObject object) throws IOException, JetStreamApiException;
    }
}
