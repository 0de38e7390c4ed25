package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.lease.SnapshotLease;
import io.harmonylite.snapshot.store.ContainerMissingException;
import io.harmonylite.snapshot.store.StoreAccessException;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamOptions;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;

/**
 * HarmonyLite's own lease to upload snapshots: the key {@code snapshot} in its bucket {@code e-harmonylite}. While it is
 * held, HarmonyLite's nodes skip their snapshots; while one of them has it, nobody gets it here. {@code -save-snapshot}
 * takes no notice of it.
 *
 * <p>There is one for all who share a NATS account, whatever the name asked for, and however many clusters there are (D24).
 * A lease lasts 10 seconds from its timestamp, by the clock of who asks, and is renewed four times in that; a clock that is
 * wrong makes it shorter or longer for others, which costs double work, or a take that is left out. It is given back by a
 * timestamp that is long over, since HarmonyLite never removes the key.
 *
 * <p>Each lease that is held is renewed by a daemon thread of its own, which ends with it. Needs {@code STREAM.INFO} and
 * {@code STREAM.MSG.GET} of {@code KV_e-harmonylite} under {@code $JS.API.}, and {@code $KV.e-harmonylite.snapshot}.
 *
 * <p>Immutable and thread-safe. Closes nothing of the host's.
 */
public final class HarmonyLiteLease implements SnapshotLease {

    static final String BUCKET = "e-harmonylite";
    static final String KEY = "snapshot";
    static final Duration LASTS = Duration.ofSeconds(10);

    private final LeaseBucket bucket;
    private final long node;
    private final InstantSource clock;

    private HarmonyLiteLease(LeaseBucket bucket, long node, InstantSource clock) {
        this.bucket = bucket;
        this.node = node;
        this.clock = clock;
    }

    /**
     * Opens the lease, with JetStream under its usual prefix.
     *
     * @param node who holds it; the id of no other node, since HarmonyLite lets the same id have a lease again
     * @throws ContainerMissingException where there is no bucket: no node has ever started there
     * @throws StoreAccessException where the server refuses
     */
    public static HarmonyLiteLease open(Connection connection, long node) throws IOException {
        return open(connection, node, JetStreamOptions.defaultOptions());
    }

    /**
     * Opens the lease.
     *
     * @param node who holds it, 0 or more; the id of no other node, since HarmonyLite lets the same id have a lease again
     * @param options prefix or domain of the API
     * @throws ContainerMissingException where there is no bucket: no node has ever started there
     * @throws StoreAccessException where the server refuses
     */
    public static HarmonyLiteLease open(Connection connection, long node, JetStreamOptions options) throws IOException {
        return open(connection, node, options, InstantSource.system());
    }

    static HarmonyLiteLease open(Connection connection, long node, JetStreamOptions options, InstantSource clock)
            throws IOException {
        if (node < 0) {
            throw new IllegalArgumentException("a node's id is 0 or more, not " + node);
        }
        JetStreamOptions quick = JetStreamOptions.builder(options)
                .requestTimeout(LASTS.dividedBy(4))
                .build();
        JetStreamApi api = new JetStreamApi(Objects.requireNonNull(connection, "connection"), quick);
        requireBucket(api);
        return new HarmonyLiteLease(new LeaseBucket(api, BUCKET, LASTS, System::nanoTime), node, clock);
    }

    private static void requireBucket(JetStreamApi api) throws IOException {
        try {
            api.retrying(() -> api.streamInfo(LeaseSetup.streamOf(BUCKET)));
        } catch (JetStreamApiException e) {
            throw NatsFailures.store("HarmonyLite's leases in " + BUCKET, e);
        } catch (IOException e) {
            throw NatsFailures.store("HarmonyLite's leases in " + BUCKET, e);
        }
    }

    @Override
    public Optional<Held> tryAcquire(String name) throws IOException {
        return HeldNatsLease.tryAcquire(bucket, KEY, new HarmonyLiteLeaseRecord(node, LASTS, clock));
    }

    /** The bucket and the key, never what the connection is made with. */
    @Override
    public String toString() {
        return "HarmonyLite's lease " + KEY + " in NATS bucket " + BUCKET;
    }
}
