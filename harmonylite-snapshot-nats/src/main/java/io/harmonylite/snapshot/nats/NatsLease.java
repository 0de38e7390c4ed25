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
 * Leases in a key-value bucket: one key for each name, created only where there is none, renewed by revision, and dropped
 * by the bucket itself when it was not renewed for the bucket's time to live. Names never share a key, so that any number
 * of applications may use one bucket.
 *
 * <p>A lease counts as lost at the latest one time to live after the last renewal that succeeded was <em>sent</em>, by this
 * process's monotonic clock; the server drops it no sooner. No clocks are compared.
 *
 * <p>Each lease that is held is renewed by a daemon thread of its own, which ends with it. A user needs permission to
 * publish to {@code $KV.<bucket>.>}, and under {@code $JS.API.} to {@code STREAM.INFO} and {@code STREAM.MSG.GET} of
 * {@code KV_<bucket>}, and {@code STREAM.CREATE} where the bucket is to be made.
 *
 * <p>Thread-safe. Closes nothing of the host's.
 */
public final class NatsLease implements SnapshotLease {

    private final LeaseBucket bucket;

    private NatsLease(LeaseBucket bucket) {
        this.bucket = bucket;
    }

    /**
     * Opens leases in a bucket that exists; they last as long as its time to live.
     *
     * @throws ContainerMissingException where it does not exist
     * @throws StoreAccessException where its keys live for ever, or the server refuses
     */
    public static NatsLease open(Connection connection, String bucket) throws IOException {
        return builder(connection, bucket).open();
    }

    /**
     * Opens leases in a bucket, which is made where it is missing, with the defaults of {@link Builder}.
     *
     * @throws StoreAccessException where it cannot be made, or exists with another time to live
     */
    public static NatsLease create(Connection connection, String bucket) throws IOException {
        return builder(connection, bucket).create();
    }

    /** Begins to open leases. */
    public static Builder builder(Connection connection, String bucket) {
        return new Builder(Objects.requireNonNull(connection, "connection"), NatsNames.checkBucket(bucket));
    }

    @Override
    public Optional<Held> tryAcquire(String name) throws IOException {
        return HeldNatsLease.tryAcquire(bucket, name, new TokenRecord());
    }

    /** The bucket, never what the connection is made with. */
    @Override
    public String toString() {
        return "NATS leases in bucket " + bucket.name();
    }

    /**
     * Opens leases. Defaults:
     *
     * <ul>
     *   <li>JetStream under its usual prefix; a request is waited for at most a third of a lease's duration, or 5 seconds
     *   <li>a bucket is made with a time to live of 30 seconds, one replica and file storage; one that exists is taken as
     *       it is
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

        /** Prefix or domain of the API, and how long one request is waited for. */
        public Builder jetStreamOptions(JetStreamOptions value) {
            options = Objects.requireNonNull(value, "options");
            return this;
        }

        /** How long a lease lasts that is not renewed, a second or more. A bucket with another time to live is refused. */
        public Builder duration(Duration value) {
            if (value.compareTo(Duration.ofSeconds(1)) < 0) {
                throw new IllegalArgumentException("a lease lasts a second or more, not " + value);
            }
            duration = value;
            return this;
        }

        /** On how many servers the bucket is kept. One that exists with another number is refused. */
        public Builder replicas(int value) {
            replicas = value;
            return this;
        }

        /** The clock that ends leases; for tests. */
        Builder nanoTime(LongSupplier value) {
            nanoTime = value;
            return this;
        }

        /** Opens leases in a bucket that exists; see {@link NatsLease#open}. */
        public NatsLease open() throws IOException {
            JetStreamApi api = new JetStreamApi(connection, options);
            return opened(api, setup().require(api));
        }

        /** Opens leases, and makes the bucket where it is missing; see {@link NatsLease#create}. */
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
