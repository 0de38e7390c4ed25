package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.lease.SnapshotLease;
import io.harmonylite.snapshot.store.ContainerMissingException;
import io.harmonylite.snapshot.store.StoreAccessException;
import io.nats.client.Connection;
import io.nats.client.JetStreamOptions;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Leases in a NATS key-value bucket. Each name has one key, which is created only if it does not exist, renewed by its
 * revision, and removed by the bucket itself if it was not renewed for the bucket's time to live. Different names never
 * share a key, so that any number of applications can use one bucket.
 *
 * <p>A lease counts as lost at the latest one time to live after the last successful renewal was <em>sent</em>, by this
 * process's monotonic clock. The server removes it no earlier. Clocks of different machines are never compared.
 *
 * <p>A daemon thread renews each held lease, and ends with it. Permissions: to publish to {@code $KV.<bucket>.>}, and
 * under {@code $JS.API.} to {@code STREAM.INFO} and {@code STREAM.MSG.GET} of {@code KV_<bucket>}; also to {@code
 * STREAM.CREATE} if the bucket is to be created.
 *
 * <p>Thread-safe. The connection is not closed.
 */
public final class NatsLease implements SnapshotLease {

    private final LeaseBucket bucket;

    private NatsLease(LeaseBucket bucket) {
        this.bucket = bucket;
    }

    /** Opens leases in an existing bucket, as {@link Builder#open} does by default. They last as long as its time to live. */
    public static NatsLease open(Connection connection, String bucket) throws IOException {
        return builder(connection, bucket).open();
    }

    /** Opens leases in a bucket, which is created if it does not exist, as {@link Builder#create} does by default. */
    public static NatsLease create(Connection connection, String bucket) throws IOException {
        return builder(connection, bucket).create();
    }

    /**
     * Returns a builder for leases.
     *
     * @throws IllegalArgumentException if a bucket cannot have that name
     */
    public static Builder builder(Connection connection, String bucket) {
        return new Builder(Objects.requireNonNull(connection, "connection"), NatsNames.checkBucket(bucket));
    }

    @Override
    public Optional<Held> tryAcquire(String name) throws IOException {
        return HeldNatsLease.tryAcquire(bucket, name, new TokenRecord());
    }

    /** Returns the bucket, and nothing about the connection. */
    @Override
    public String toString() {
        return "NATS leases in bucket " + bucket.name();
    }

    /**
     * Opens leases. Defaults:
     *
     * <ul>
     *   <li>JetStream under its default prefix; a request times out after 5 seconds, or after a third of a lease's
     *       duration if that is shorter
     *   <li>a bucket is created with a time to live of 30 seconds, one replica and file storage; an existing one is
     *       used as it is
     * </ul>
     *
     * <p>Not thread-safe.
     */
    public static final class Builder {

        private static final Duration USUAL_DURATION = Duration.ofSeconds(30);

        private final Connection connection;
        private final String bucket;
        private JetStreamOptions options = JetStreamOptions.defaultOptions();
        private @Nullable Duration duration;
        private @Nullable Integer replicas;
        private LongSupplier nanoTime = System::nanoTime;

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
         * Sets the time after which a lease ends that is not renewed; 1 second or more. A bucket with another time to
         * live is rejected.
         *
         * @throws IllegalArgumentException if it is less than 1 second
         */
        public Builder duration(Duration value) {
            if (value.compareTo(Duration.ofSeconds(1)) < 0) {
                throw new IllegalArgumentException("a lease must last at least one second: " + value);
            }
            duration = value;
            return this;
        }

        /** Sets the number of servers that keep the bucket. An existing bucket with another number is rejected. */
        public Builder replicas(int value) {
            replicas = value;
            return this;
        }

        /** Sets the clock that ends leases; for tests. */
        Builder nanoTime(LongSupplier value) {
            nanoTime = value;
            return this;
        }

        /**
         * Opens leases in an existing bucket.
         *
         * @throws ContainerMissingException if the bucket does not exist
         * @throws StoreAccessException if the bucket has no time to live or is not as requested, or the server rejects
         *     the request
         * @throws IOException if the server cannot be reached
         */
        public NatsLease open() throws IOException {
            JetStreamApi api = new JetStreamApi(connection, options);
            return opened(api, setup().require(api));
        }

        /**
         * Opens leases, and creates the bucket if it does not exist.
         *
         * @throws StoreAccessException if the bucket cannot be created, or exists without a time to live or not as
         *     requested
         * @throws IOException if the server cannot be reached
         */
        public NatsLease create() throws IOException {
            JetStreamApi api = new JetStreamApi(connection, options);
            return opened(api, setup().create(api));
        }

        private LeaseSetup setup() {
            return new LeaseSetup(bucket, duration, duration == null ? USUAL_DURATION : duration, replicas);
        }

        private NatsLease opened(JetStreamApi api, StreamConfiguration found) {
            Duration lasts = found.getMaxAge();
            Duration third = lasts.dividedBy(3);
            Duration timeout = third.compareTo(api.timeout()) < 0 ? third : api.timeout();
            JetStreamOptions quick =
                    JetStreamOptions.builder(options).requestTimeout(timeout).build();
            return new NatsLease(new LeaseBucket(new JetStreamApi(connection, quick), bucket, lasts, nanoTime));
        }
    }
}
