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
 * Reads and replaces the snapshot that HarmonyLite keeps in NATS: the object {@code snapshot.db}, with its tag in the
 * object's headers. The bucket is {@link HarmonyLiteShards#snapshotBucket}. A write creates it if it is missing, with the
 * configuration that HarmonyLite gives it.
 *
 * <p><b>Reading</b> fails if a node replaces the object at the same time, because the replacement removes the chunks of
 * the previous one.
 *
 * <p><b>Writing</b> uploads the new object completely, then gives it the name with one message, and only then removes
 * the chunks of the previous object. No failure leaves the bucket without a snapshot, as HarmonyLite's own upload can,
 * which deletes first (fault D1). Readers of the previous object are cut off, because its chunks would otherwise stay
 * for ever: {@link PreviousSnapshot#READERS_CUT_OFF}.
 *
 * <p>Uses the host's connection and does not close it. Permissions: {@code STREAM.INFO}, {@code STREAM.MSG.GET} and
 * consumers of {@code OBJ_<bucket>} to read; also {@code STREAM.PURGE} of it and {@code $O.<bucket>.>} to write,
 * and {@code STREAM.CREATE} of it if it is missing.
 * Immutable and thread-safe.
 */
public final class NatsHarmonyLiteSnapshot implements HarmonyLiteSnapshotSource, HarmonyLiteSnapshotSink {

    private static final Logger LOG = LoggerFactory.getLogger(NatsHarmonyLiteSnapshot.class);
    private static final String OBJECT = "snapshot.db";
    private static final int REPLACEMENTS = 5;

    private final JetStreamApi api;
    private final BucketNames names;
    private final BucketSetup missing;
    private final ObjectBucket bucket;

    private NatsHarmonyLiteSnapshot(JetStreamApi api, BucketNames names, BucketSetup missing) {
        this.api = api;
        this.names = names;
        this.missing = missing;
        this.bucket = new ObjectBucket(api, names);
    }

    /** Returns the snapshot in a bucket, with JetStream under its default prefix. Does no I/O. */
    public static NatsHarmonyLiteSnapshot of(Connection connection, String bucket) {
        return of(connection, bucket, JetStreamOptions.defaultOptions());
    }

    /**
     * Returns the snapshot in a bucket. Does no I/O.
     *
     * @param options prefix or domain of the JetStream API, and the timeout of one request
     * @throws IllegalArgumentException if a bucket cannot have that name
     */
    public static NatsHarmonyLiteSnapshot of(Connection connection, String bucket, JetStreamOptions options) {
        JetStreamApi api = new JetStreamApi(Objects.requireNonNull(connection, "connection"), options);
        return new NatsHarmonyLiteSnapshot(api, new BucketNames(NatsNames.checkBucket(bucket)), setup(1));
    }

    /**
     * Returns the same snapshot with another number of replicas for a bucket that a write creates; 1 by default, as in
     * HarmonyLite. An existing bucket keeps its own.
     */
    public NatsHarmonyLiteSnapshot replicas(int servers) {
        return new NatsHarmonyLiteSnapshot(api, names, setup(servers));
    }

    private static BucketSetup setup(int servers) {
        return new BucketSetup("Bucket to store snapshot", servers, null, null, null);
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
        try {
            last();
        } catch (ContainerMissingException e) {
            missing.create(api, names);
        }
        return bucket.uploading(OBJECT, image, object -> {
            requireAllChunks(object);
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

    /** Requires that the bucket has all chunks, because a server may lose acknowledged messages. */
    private void requireAllChunks(StoredObject object) throws IOException, JetStreamApiException {
        String chunks = names.chunks(object.nuid());
        long present = api.subjects(names.stream(), chunks).getOrDefault(chunks, 0L);
        if (present != object.chunks()) {
            throw new RequestFailure(
                    Reason.DISORDER,
                    "bucket " + names.bucket() + " has " + present + " of " + object.chunks() + " chunks of " + OBJECT,
                    null);
        }
    }

    /**
     * Gives an object the name. If another writer replaces it in between, that writer's object is replaced in turn.
     */
    private PreviousSnapshot replace(StoredObject object) throws IOException {
        for (int replacement = 1; ; replacement++) {
            MessageInfo previous = last();
            try {
                new MetadataCommit(api, names, object, previous == null ? 0 : previous.getSeq()).run();
                return removeChunks(previous);
            } catch (ObjectExistsException e) {
                if (replacement == REPLACEMENTS) {
                    throw new IOException(this + " is being replaced by other writers; repeat the export later", e);
                }
            }
        }
    }

    private PreviousSnapshot removeChunks(@Nullable MessageInfo previous) {
        Optional<StoredObject> old = Optional.ofNullable(previous).flatMap(StoredObject::of);
        if (old.isEmpty()) {
            return PreviousSnapshot.NONE;
        }
        try {
            api.purge(names.stream(), names.chunks(old.get().nuid()));
        } catch (IOException | JetStreamApiException e) {
            LOG.warn(
                    "The chunks {} of the previous snapshot could not be removed from bucket {}: {}",
                    old.get().nuid(),
                    names.bucket(),
                    e.toString());
        }
        return PreviousSnapshot.READERS_CUT_OFF;
    }

    /** Returns the newest metadata message, possibly a tombstone; null if there is none. */
    private @Nullable MessageInfo last() throws IOException {
        try {
            return api.retrying(() -> api.lastMessage(names.stream(), names.metadata(OBJECT)))
                    .orElse(null);
        } catch (IOException | JetStreamApiException e) {
            if (e instanceof JetStreamApiException reply && NatsFailures.isStreamMissing(reply)) {
                throw new ContainerMissingException(
                        "the bucket " + names.bucket()
                                + " does not exist; start a HarmonyLite node, or correct the name",
                        e);
            }
            throw NatsFailures.store(OBJECT, e);
        }
    }

    /** Returns the object and the bucket, and nothing about the connection. */
    @Override
    public String toString() {
        return OBJECT + " in NATS bucket " + names.bucket();
    }
}
