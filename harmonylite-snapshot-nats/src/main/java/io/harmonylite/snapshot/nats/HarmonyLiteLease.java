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
 * HarmonyLite's own lease for uploading snapshots: the key {@code snapshot} in its bucket {@code e-harmonylite}. While
 * this node holds it, HarmonyLite nodes skip their snapshots; while one of them holds it, {@link #tryAcquire} returns
 * empty. HarmonyLite's {@code -save-snapshot} ignores the lease.
 *
 * <p>All clusters that share a NATS account share this lease, whatever the requested name (fault D24). A lease lasts 10
 * seconds from its timestamp, by the clock of the node that requests it, and is renewed four times in that period. A
 * wrong clock makes it shorter or longer for other nodes; the consequence is a duplicate or a skipped take. The lease
 * is given back by writing an expired timestamp, because HarmonyLite never removes the key.
 *
 * <p>A daemon thread renews each held lease, and ends with it. Permissions: {@code STREAM.INFO} and {@code
 * STREAM.MSG.GET} of {@code KV_e-harmonylite} under {@code $JS.API.}, and {@code $KV.e-harmonylite.snapshot}.
 *
 * <p>Immutable and thread-safe. The connection is not closed.
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

    /** Opens the lease like {@link #open(Connection, long, JetStreamOptions)}, under JetStream's default prefix. */
    public static HarmonyLiteLease open(Connection connection, long node) throws IOException {
        return open(connection, node, JetStreamOptions.defaultOptions());
    }

    /**
     * Opens the lease.
     *
     * @param connection the host's connection
     * @param node id of this node, 0 or more; no other node may have it, because HarmonyLite grants a held lease to the
     *     same id again
     * @param options prefix or domain of the JetStream API
     * @throws IllegalArgumentException if the id is negative
     * @throws ContainerMissingException if the bucket does not exist, because no HarmonyLite node was ever started
     * @throws StoreAccessException if the server rejects the request
     * @throws IOException if the server cannot be reached
     */
    public static HarmonyLiteLease open(Connection connection, long node, JetStreamOptions options) throws IOException {
        return open(connection, node, options, InstantSource.system());
    }

    static HarmonyLiteLease open(Connection connection, long node, JetStreamOptions options, InstantSource clock)
            throws IOException {
        if (node < 0) {
            throw new IllegalArgumentException("a node id must not be negative: " + node);
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
        } catch (IOException | JetStreamApiException e) {
            throw NatsFailures.store("HarmonyLite's leases in " + BUCKET, e);
        }
    }

    @Override
    public Optional<Held> tryAcquire(String name) throws IOException {
        return HeldNatsLease.tryAcquire(bucket, KEY, new HarmonyLiteLeaseRecord(node, LASTS, clock));
    }

    /** Returns the bucket and the key, and nothing about the connection. */
    @Override
    public String toString() {
        return "HarmonyLite's lease " + KEY + " in NATS bucket " + BUCKET;
    }
}
