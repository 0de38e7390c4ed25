package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.store.ContainerMissingException;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.ObjectName;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.store.StoreAccessException;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamOptions;
import io.nats.client.api.Placement;
import io.nats.client.api.StorageType;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores objects in object-store buckets of NATS JetStream, in the standard format that the {@code nats} tool and all
 * clients read (ADR-20 of NATS). Names of the form {@code <name>/packs/<pack>} are in {@code <bucket>-packs}, all
 * others in {@code <bucket>}: a bucket cannot be listed by prefix, and the split keeps listing manifests independent of
 * the number of packs.
 *
 * <p><b>Writing.</b> Chunks are published with up to 16 in flight, and the stream must acknowledge each one in order.
 * After any failure they are removed and the upload starts again. One message with the object's metadata, accepted only
 * if the name has none, then makes the object visible. At last the store checks that the stream has all chunks. On
 * return an object is as durable as the stream: with several replicas it is on a majority of its servers. nats-server
 * acknowledges before the data is on disk, unless its {@code sync_interval} is {@code always}.
 *
 * <p><b>Reading</b> goes through the stream's leader, in bounded memory. It resumes after lost connections and
 * restarted servers, and fails after 20 seconds without progress. Number of chunks, size and SHA-256 are verified
 * before the last bytes are returned. A range that ends before the object does is verified for order and size only.
 *
 * <p><b>Deleting</b> leaves neither tombstone nor chunks. Chunks of killed writers are removed after a grace period, by
 * a put at most once an hour, or by {@link #sweepOrphans}.
 *
 * <p><b>Permissions</b> under {@code $JS.API.}: to read, {@code STREAM.INFO}, {@code STREAM.MSG.GET}, {@code
 * CONSUMER.CREATE}, {@code CONSUMER.MSG.NEXT} and {@code CONSUMER.DELETE} of both streams {@code OBJ_<bucket>} and
 * {@code OBJ_<bucket>-packs}; to write, also {@code $O.<bucket>.>}, {@code $O.<bucket>-packs.>} and {@code
 * STREAM.PURGE}, and {@code STREAM.CREATE} if buckets are to be created.
 *
 * <p><b>A sealed bucket</b> can be read. Every put and every delete fails with {@link StoreAccessException}, and {@link
 * #create} rejects it.
 *
 * <p>Thread-safe. The connection is not closed. Requires nats-server 2.9 or later.
 */
public final class NatsSnapshotStore implements SnapshotStore {

    private static final Logger LOG = LoggerFactory.getLogger(NatsSnapshotStore.class);
    private static final Duration BETWEEN_SWEEPS = Duration.ofHours(1);

    private final JetStreamApi api;
    private final ObjectBucket objects;
    private final ObjectBucket packs;
    private final Duration orphanGrace;
    private final AtomicLong nextSweep = new AtomicLong(System.nanoTime());
    private volatile boolean closed;

    private NatsSnapshotStore(JetStreamApi api, String bucket, Duration orphanGrace) {
        this.api = api;
        this.objects = new ObjectBucket(api, new BucketNames(bucket));
        this.packs = new ObjectBucket(api, new BucketNames(bucket + "-packs"));
        this.orphanGrace = orphanGrace;
    }

    /** Opens a store on two existing buckets, as {@link Builder#open} does by default. Changes nothing. */
    public static NatsSnapshotStore open(Connection connection, String bucket) throws IOException {
        return builder(connection, bucket).open();
    }

    /** Opens a store on two buckets, which are created if they do not exist, as {@link Builder#create} does by default. */
    public static NatsSnapshotStore create(Connection connection, String bucket) throws IOException {
        return builder(connection, bucket).create();
    }

    /**
     * Returns a builder for a store.
     *
     * @throws IllegalArgumentException if a bucket cannot have that name
     */
    public static Builder builder(Connection connection, String bucket) {
        return new Builder(Objects.requireNonNull(connection, "connection"), NatsNames.checkBucket(bucket));
    }

    @Override
    public void putIfAbsent(String name, ObjectSource source) throws IOException {
        bucketOf(name).putIfAbsent(name, source);
        sweepIfDue();
    }

    @Override
    public InputStream open(String name) throws IOException {
        return bucketOf(name).open(name);
    }

    @Override
    public InputStream open(String name, long offset, long length) throws IOException {
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException("not a range: " + length + " bytes from offset " + offset);
        }
        return bucketOf(name).open(name, offset, length);
    }

    @Override
    public ObjectInfo stat(String name) throws IOException {
        return bucketOf(name).existing(name).info();
    }

    @Override
    public List<ObjectInfo> list(String prefix) throws IOException {
        checkOpen();
        ObjectName.checkPrefix(prefix);
        List<ObjectInfo> found = new ArrayList<>();
        for (ObjectBucket bucket : PackNames.mayStart(prefix) ? List.of(objects, packs) : List.of(objects)) {
            if (bucket == packs || !PackNames.allStart(prefix)) {
                bucket.list(name -> name.startsWith(prefix)).forEach(object -> found.add(object.info()));
            }
        }
        found.sort(Comparator.comparing(ObjectInfo::name));
        return found;
    }

    @Override
    public void delete(String name) throws IOException {
        bucketOf(name).delete(name);
    }

    /**
     * Removes the chunks of killed writers to which nothing was added for the grace period. Uploads in progress are
     * kept. Repeating is safe.
     *
     * @return the number of unfinished objects whose chunks were removed
     * @throws IOException if the server cannot be reached or rejects the request; some chunks may be removed
     */
    public int sweepOrphans() throws IOException {
        checkOpen();
        try {
            return new OrphanSweep(api, objects, orphanGrace).run() + new OrphanSweep(api, packs, orphanGrace).run();
        } catch (IOException | JetStreamApiException e) {
            throw NatsFailures.store("the sweep of bucket " + objects.names().bucket(), e);
        }
    }

    /** Marks the store as closed. The connection stays open. */
    @Override
    public void close() {
        closed = true;
    }

    /** Returns the bucket, and nothing about the connection. */
    @Override
    public String toString() {
        return "NATS bucket " + objects.names().bucket();
    }

    private ObjectBucket bucketOf(String name) {
        checkOpen();
        ObjectName.check(name);
        return PackNames.isPack(name) ? packs : objects;
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the store on " + this + " is closed");
        }
    }

    private void sweepIfDue() {
        long due = nextSweep.get();
        if (System.nanoTime() - due < 0
                || !nextSweep.compareAndSet(due, System.nanoTime() + BETWEEN_SWEEPS.toNanos())) {
            return;
        }
        try {
            sweepOrphans();
        } catch (IOException e) {
            LOG.info("The sweep of orphaned chunks failed and is left to a later put: {}", e.toString());
        }
    }

    /**
     * Opens a store. Defaults:
     *
     * <ul>
     *   <li>JetStream under its default prefix; a request times out after 5 seconds
     *   <li>buckets are created with one replica and file storage, without size limit or placement; existing ones are
     *       used as they are
     *   <li>chunks of killed writers are removed after 24 hours
     * </ul>
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {

        private final Connection connection;
        private final String bucket;
        private JetStreamOptions options = JetStreamOptions.defaultOptions();
        private @Nullable Integer replicas;
        private @Nullable StorageType storage;
        private @Nullable Placement placement;
        private @Nullable Long maxBytes;
        private Duration orphanGrace = Duration.ofHours(24);
        private NatsRetries retries = NatsRetries.usual();

        private Builder(Connection connection, String bucket) {
            this.connection = connection;
            this.bucket = bucket;
        }

        /** Sets prefix or domain of the JetStream API, and the timeout of one request. */
        public Builder jetStreamOptions(JetStreamOptions value) {
            options = Objects.requireNonNull(value, "options");
            return this;
        }

        /**
         * Sets the number of servers that keep the buckets: 1, 3 or 5. An existing bucket with another number is
         * rejected.
         */
        public Builder replicas(int value) {
            replicas = value;
            return this;
        }

        /** Sets the storage of the buckets: file or memory. An existing bucket with another storage is rejected. */
        public Builder storage(StorageType value) {
            storage = value;
            return this;
        }

        /** Sets the servers on which buckets are created. */
        public Builder placement(Placement value) {
            placement = value;
            return this;
        }

        /** Sets the maximum size in bytes of each bucket that is created. A full bucket accepts no more objects. */
        public Builder maxBytes(long value) {
            maxBytes = value;
            return this;
        }

        /**
         * Sets the grace period after which chunks without metadata are removed. It must be longer than any delay
         * within a put.
         *
         * @throws IllegalArgumentException if it is negative
         */
        public Builder orphanGrace(Duration value) {
            if (value.isNegative()) {
                throw new IllegalArgumentException("a grace period must not be negative: " + value);
            }
            orphanGrace = value;
            return this;
        }

        /** Sets the limits of retries; for tests. */
        Builder retries(NatsRetries value) {
            retries = value;
            return this;
        }

        /**
         * Opens the store on existing buckets. Changes nothing.
         *
         * @throws ContainerMissingException if one of the buckets does not exist
         * @throws StoreAccessException if one of the buckets is not as requested or could lose stored objects, or the
         *     server is too old or rejects the request
         * @throws IOException if the server cannot be reached
         */
        public NatsSnapshotStore open() throws IOException {
            return opened(BucketSetup::require);
        }

        /**
         * Opens the store, and creates the buckets that do not exist.
         *
         * @throws StoreAccessException if the buckets cannot be created, or exist and are not as requested or could
         *     lose stored objects
         * @throws IOException if the server cannot be reached
         */
        public NatsSnapshotStore create() throws IOException {
            return opened(BucketSetup::create);
        }

        private NatsSnapshotStore opened(Step step) throws IOException {
            JetStreamApi api = new JetStreamApi(connection, options, retries);
            BucketSetup.checkServer(api);
            BucketSetup setup =
                    new BucketSetup("Snapshots of SQLite databases", replicas, storage, placement, maxBytes);
            NatsSnapshotStore store = new NatsSnapshotStore(api, bucket, orphanGrace);
            step.run(setup, api, store.objects.names());
            step.run(setup, api, store.packs.names());
            return store;
        }

        private interface Step {
            void run(BucketSetup setup, JetStreamApi api, BucketNames names) throws IOException;
        }
    }
}
