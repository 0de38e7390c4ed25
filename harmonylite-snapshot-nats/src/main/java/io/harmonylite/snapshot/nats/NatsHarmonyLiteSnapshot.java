package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshot;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotSink;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotSource;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteTag;
import io.harmonylite.snapshot.harmonylite.PreviousSnapshot;
import io.harmonylite.snapshot.nats.RequestFailure.Reason;
import io.harmonylite.snapshot.store.ContainerMissingException;
import io.harmonylite.snapshot.store.NoSuchObjectException;
import io.harmonylite.snapshot.store.ObjectExistsException;
import io.harmonylite.snapshot.store.ObjectSource;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamOptions;
import io.nats.client.api.MessageInfo;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HarmonyLite's snapshot in its NATS bucket: the object {@code snapshot.db}, with its tag among the object's headers. The
 * bucket, {@link HarmonyLiteShards#snapshotBucket}, is made by HarmonyLite; it must exist.
 *
 * <p>Reading, a node that replaces the object removes the chunks of the one that is being read, which then fails.
 *
 * <p>Writing, the new object is complete before one message gives it the name, and only then the old one's chunks go: no
 * failure leaves the bucket without a snapshot, as HarmonyLite's own upload does, which deletes first (D1). Somebody who is
 * reading the old one is cut off, since nobody would remove its chunks later: {@link PreviousSnapshot#READERS_CUT_OFF}.
 *
 * <p>Over the host's connection, which is not closed. Needs {@code STREAM.INFO}, {@code STREAM.MSG.GET} and consumers of
 * {@code OBJ_<bucket>} to read; {@code STREAM.PURGE} of it and {@code $O.<bucket>.>} besides to write. Immutable and
 * thread-safe.
 */
public final class NatsHarmonyLiteSnapshot implements HarmonyLiteSnapshotSource, HarmonyLiteSnapshotSink {

    private static final Logger LOG = LoggerFactory.getLogger(NatsHarmonyLiteSnapshot.class);
    private static final String OBJECT = "snapshot.db";
    private static final int REPLACEMENTS = 5;

    private final JetStreamApi api;
    private final BucketNames names;
    private final ObjectBucket bucket;

    private NatsHarmonyLiteSnapshot(JetStreamApi api, BucketNames names) {
        this.api = api;
        this.names = names;
        this.bucket = new ObjectBucket(api, names);
    }

    /** The snapshot in a bucket, with JetStream under its usual prefix. Does no I/O. */
    public static NatsHarmonyLiteSnapshot of(Connection connection, String bucket) {
        return of(connection, bucket, JetStreamOptions.defaultOptions());
    }

    /**
     * The snapshot in a bucket. Does no I/O.
     *
     * @param options prefix or domain of the API, and how long one request is waited for
     */
    public static NatsHarmonyLiteSnapshot of(Connection connection, String bucket, JetStreamOptions options) {
        JetStreamApi api = new JetStreamApi(Objects.requireNonNull(connection, "connection"), options);
        return new NatsHarmonyLiteSnapshot(api, new BucketNames(NatsNames.checkBucket(bucket)));
    }

    @Override
    public Optional<HarmonyLiteSnapshot> find() throws IOException {
        return Optional.ofNullable(last()).flatMap(StoredObject::of).map(this::describe);
    }

    @Override
    public Opened open() throws IOException {
        StoredObject object = Optional.ofNullable(last())
                .flatMap(StoredObject::of)
                .orElseThrow(() -> new NoSuchObjectException("there is no " + OBJECT + " in bucket " + names.bucket()));
        return new Opened(describe(object), bucket.open(object, 0, object.size()));
    }

    @Override
    public PreviousSnapshot put(ObjectSource image, String tag) throws IOException {
        last(); // A missing bucket is told before anything is sent.
        return bucket.uploading(OBJECT, image, object -> {
            proveWhole(object);
            return replace(object.with(Map.of(HarmonyLiteTag.HEADER, tag)));
        });
    }

    private HarmonyLiteSnapshot describe(StoredObject object) {
        return new HarmonyLiteSnapshot(
                toString(),
                object.size(),
                Optional.ofNullable(object.headers().get(HarmonyLiteTag.HEADER)),
                Optional.of(object.modified()));
    }

    /** A server may lose what it acknowledged; the old object is still there then. */
    private void proveWhole(StoredObject object) throws IOException, JetStreamApiException {
        String chunks = names.chunks(object.nuid());
        long present = api.subjects(names.stream(), chunks).getOrDefault(chunks, 0L);
        if (present != object.chunks()) {
            throw new RequestFailure(
                    Reason.DISORDER,
                    "bucket " + names.bucket() + " has " + present + " of " + object.chunks() + " chunks of " + OBJECT,
                    null);
        }
    }

    /** Gives an object the name; where another writer does so meanwhile, that one is replaced in its turn. */
    private PreviousSnapshot replace(StoredObject object) throws IOException {
        for (int replacement = 1; ; replacement++) {
            MessageInfo previous = last();
            try {
                new MetadataCommit(api, names, object, previous == null ? 0 : previous.getSeq()).run();
                return removed(previous);
            } catch (ObjectExistsException e) {
                if (replacement == REPLACEMENTS) {
                    throw new IOException(this + " is replaced by others again and again", e);
                }
            }
        }
    }

    private PreviousSnapshot removed(@Nullable MessageInfo previous) {
        Optional<StoredObject> old = Optional.ofNullable(previous).flatMap(StoredObject::of);
        if (old.isEmpty()) {
            return PreviousSnapshot.NONE;
        }
        try {
            api.purge(names.stream(), names.chunks(old.get().nuid()));
        } catch (IOException | JetStreamApiException e) {
            LOG.warn(
                    "The chunks {} of the snapshot before this one could not be removed from bucket {}: {}",
                    old.get().nuid(),
                    names.bucket(),
                    e.toString());
        }
        return PreviousSnapshot.READERS_CUT_OFF;
    }

    /** The newest metadata message, be it a tombstone; null where there is none. */
    private @Nullable MessageInfo last() throws IOException {
        try {
            return api.retrying(() -> api.lastMessage(names.stream(), names.metadata(OBJECT)));
        } catch (JetStreamApiException e) {
            if (NatsFailures.isMessageMissing(e)) {
                return null;
            }
            if (NatsFailures.isStreamMissing(e)) {
                throw new ContainerMissingException("there is no bucket " + names.bucket(), e);
            }
            throw NatsFailures.store(OBJECT, e);
        } catch (IOException e) {
            throw NatsFailures.store(OBJECT, e);
        }
    }

    /** Bucket and object, never what the connection is made with. */
    @Override
    public String toString() {
        return OBJECT + " in NATS bucket " + names.bucket();
    }
}
