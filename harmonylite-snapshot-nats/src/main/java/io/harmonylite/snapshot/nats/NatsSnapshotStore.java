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
 * Keeps objects in object-store buckets of NATS JetStream, in the standard format, which the {@code nats} tool and every
 * client read: names of the form {@code <name>/packs/<pack>} in {@code <bucket>-packs}, all others in {@code <bucket>}. A
 * bucket cannot be listed by prefix, and so listing manifests costs nothing for packs.
 *
 * <p><b>Writing.</b> Chunks go through a small window of publishes, and the stream must acknowledge each, in order; after
 * any failure they are removed and the object is begun anew. Then one message with the object's metadata, taken only where
 * the name has none, makes it visible; at last the stream is asked whether all chunks are there. Durable on return as far
 * as the stream is: with several replicas on a majority of its servers. NATS does not wait for the disk before it
 * acknowledges, unless its {@code sync_interval} says {@code always}.
 *
 * <p><b>Reading</b> goes through the stream's leader, streams in bounded memory, goes on after cut connections and
 * restarted servers for up to 20 seconds without progress, and verifies count, size and SHA-256 before the last bytes are
 * handed out. A range that ends before the object does is verified for order and size only.
 *
 * <p><b>Deleting</b> leaves nothing: no tombstone, no chunk. What writers that were killed have left is removed after a
 * grace period, by a put at most once an hour, or by {@link #sweepOrphans}.
 *
 * <p><b>Permissions</b> under {@code $JS.API.}: to read, {@code STREAM.INFO}, {@code STREAM.MSG.GET},
 * {@code CONSUMER.CREATE}, {@code CONSUMER.MSG.NEXT} and {@code CONSUMER.DELETE} of both streams {@code OBJ_<bucket>} and
 * {@code OBJ_<bucket>-packs}; to write, also {@code $O.<bucket>.>}, {@code $O.<bucket>-packs.>}, {@code STREAM.PURGE}, and
 * {@code STREAM.CREATE} where buckets are to be made.
 *
 * <p>Thread-safe. Closes nothing of the host's: the connection stays open. Needs nats-server 2.9 or later.
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

    /**
     * Opens a store on two buckets that exist; changes nothing.
     *
     * @throws ContainerMissingException where one of them does not exist
     * @throws StoreAccessException where one of them would lose what is stored in it, or the server is not fit or refuses
     */
    public static NatsSnapshotStore open(Connection connection, String bucket) throws IOException {
        return builder(connection, bucket).open();
    }

    /**
     * Opens a store on two buckets, which are made where they are missing, with the defaults of {@link Builder}.
     *
     * @throws StoreAccessException where they cannot be made, or exist and would lose what is stored in them
     */
    public static NatsSnapshotStore create(Connection connection, String bucket) throws IOException {
        return builder(connection, bucket).create();
    }

    /** Begins to open a store. */
    public static Builder builder(Connection connection, String bucket) {
        return new Builder(Objects.requireNonNull(connection, "connection"), NatsNames.checkBucket(bucket));
    }

    @Override
    public void putIfAbsent(String name, ObjectSource source) throws IOException {
        bucketOf(name).putIfAbsent(name, source);
        sweepWhenDue();
    }

    @Override
    public InputStream open(String name) throws IOException {
        return bucketOf(name).open(name);
    }

    @Override
    public InputStream open(String name, long offset, long length) throws IOException {
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException("no range: " + length + " bytes from " + offset);
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
     * Removes the chunks that killed writers have left, once nobody has added to them for the grace period. What is being
     * written stays.
     *
     * @return of how many unfinished objects
     */
    public int sweepOrphans() throws IOException {
        checkOpen();
        try {
            return new OrphanSweep(api, objects, orphanGrace).run() + new OrphanSweep(api, packs, orphanGrace).run();
        } catch (JetStreamApiException e) {
            throw NatsFailures.store("the sweep of bucket " + objects.names().bucket(), e);
        } catch (IOException e) {
            throw NatsFailures.store("the sweep of bucket " + objects.names().bucket(), e);
        }
    }

    /** Marks the store as closed; the connection is the host's. */
    @Override
    public void close() {
        closed = true;
    }

    /** The bucket, never what the connection is made with. */
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

    private void sweepWhenDue() {
        long due = nextSweep.get();
        if (System.nanoTime() - due < 0
                || !nextSweep.compareAndSet(due, System.nanoTime() + BETWEEN_SWEEPS.toNanos())) {
            return;
        }
        try {
            sweepOrphans();
        } catch (IOException e) {
            LOG.info("Chunks of killed writers are left to a later sweep: {}", e.toString());
        }
    }

    /**
     * Opens a store. Defaults:
     *
     * <ul>
     *   <li>JetStream under its usual prefix; a request is waited for at most 5 seconds
     *   <li>buckets are made with one replica and file storage, without limit or placement; those that exist are taken as
     *       they are
     *   <li>what killed writers left is removed after 24 hours
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

        /** Prefix or domain of the API, and how long one request is waited for. */
        public Builder jetStreamOptions(JetStreamOptions value) {
            options = Objects.requireNonNull(value, "options");
            return this;
        }

        /** On how many servers buckets are kept: 1, 3 or 5. One that exists with another number is refused. */
        public Builder replicas(int value) {
            replicas = value;
            return this;
        }

        /** Where buckets are kept. One that exists with another storage is refused. */
        public Builder storage(StorageType value) {
            storage = value;
            return this;
        }

        /** On which servers buckets are made. */
        public Builder placement(Placement value) {
            placement = value;
            return this;
        }

        /** How many bytes each bucket that is made may hold. A full one takes no more. */
        public Builder maxBytes(long value) {
            maxBytes = value;
            return this;
        }

        /** How long chunks without an object are left alone; longer than any put may be held up. */
        public Builder orphanGrace(Duration value) {
            if (value.isNegative()) {
                throw new IllegalArgumentException("a grace period is not negative: " + value);
            }
            orphanGrace = value;
            return this;
        }

        /** How long requests are sent again; for tests. */
        Builder retries(NatsRetries value) {
            retries = value;
            return this;
        }

        /**
         * Opens the store on buckets that exist; changes nothing.
         *
         * @throws ContainerMissingException where one of them does not exist
         * @throws StoreAccessException where one of them is not as asked or would lose what is stored in it, or the server
         *     is not fit or refuses
         */
        public NatsSnapshotStore open() throws IOException {
            return opened(BucketSetup::require);
        }

        /**
         * Opens the store, and makes the buckets where they are missing.
         *
         * @throws StoreAccessException where they cannot be made, or exist and are not as asked
         */
        public NatsSnapshotStore create() throws IOException {
            return opened(BucketSetup::create);
        }

        private NatsSnapshotStore opened(Step step) throws IOException {
            JetStreamApi api = new JetStreamApi(connection, options, retries);
            BucketSetup.checkServer(api);
            BucketSetup setup = new BucketSetup(replicas, storage, placement, maxBytes);
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
