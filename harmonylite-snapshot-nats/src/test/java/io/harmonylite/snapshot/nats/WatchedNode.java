package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.SnapshotListener;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.lease.SnapshotLease.Held;
import io.harmonylite.snapshot.nats.FeedNode.Kind;
import io.harmonylite.snapshot.nats.testing.NatsCluster;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.testing.HookedStore;
import io.harmonylite.snapshot.watch.DutyStatus;
import io.harmonylite.snapshot.watch.Trigger;
import io.harmonylite.snapshot.watch.WatchDuty;
import io.harmonylite.snapshot.watch.WatchOptions;
import io.harmonylite.snapshot.watch.WatchOutcome;
import io.harmonylite.snapshot.watch.WatchReport;
import io.nats.client.Connection;
import io.nats.client.JetStreamOptions;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A node of a cluster whose loop takes snapshots. Stream, store and leases have three replicas. Lease requests are
 * repeated until they are answered, so that no timeout decides which node takes.
 */
final class WatchedNode implements AutoCloseable {

    /** The number of messages after which a snapshot is due. */
    static final int EVERY = 10;

    /**
     * The timing of a node.
     *
     * @param lease how long a lease lasts without renewal
     * @param request how long to wait for an answer before a request is repeated
     */
    record Timing(Duration lease, Duration request) {

        JetStreamOptions options() {
            return JetStreamOptions.builder().requestTimeout(request).build();
        }
    }

    private static final Duration OFTEN = Duration.ofMillis(100);

    private final String name;
    private final Connection connection;
    private final FaultyConnection leaseConnection;
    private final NatsLease lease;
    private final FeedNode feed;
    private final List<WatchReport> reports = new CopyOnWriteArrayList<>();
    private final AtomicInteger leasesLost = new AtomicInteger();
    private final AtomicReference<Held> held = new AtomicReference<>();

    /**
     * Creates a node; {@link #watch} starts its loop.
     *
     * @param directory its last name is the node's name
     * @param stream the stream to follow, which also names the buckets
     * @param hook called before each call of the store
     */
    WatchedNode(Path directory, Kind kind, NatsCluster cluster, String stream, Timing timing, HookedStore.Hook hook)
            throws Exception {
        name = directory.getFileName().toString();
        connection = cluster.connect();
        leaseConnection = new FaultyConnection(connection);
        lease = Eventually.get(() -> NatsLease.builder(leaseConnection.connection(), stream + "-leases")
                .replicas(3)
                .duration(timing.lease())
                .create());
        feed = new FeedNode(
                directory,
                kind,
                connection,
                NatsStreams.of(connection, List.of(stream), timing.options()),
                new HookedStore(store(connection, stream, timing), hook),
                this::watched);
    }

    /** Opens the store that all nodes share. */
    static SnapshotStore store(Connection connection, String stream, Timing timing) throws Exception {
        return Eventually.get(() -> NatsSnapshotStore.builder(connection, stream)
                .jetStreamOptions(timing.options())
                .replicas(3)
                .create());
    }

    private SnapshotManager.Builder watched(SnapshotManager.Builder builder) {
        return builder.node(name)
                .lease(this::acquire)
                .trigger(Trigger.everyMessages(EVERY))
                .watchOptions(WatchOptions.defaults()
                        .noDrills()
                        .checkEvery(OFTEN)
                        .backoff(OFTEN, Duration.ofSeconds(1))
                        .listener(reports::add))
                .listener(new SnapshotListener() {
                    @Override
                    public void leaseLost() {
                        leasesLost.incrementAndGet();
                    }
                });
    }

    private Optional<Held> acquire(String snapshots) throws IOException {
        try {
            Optional<Held> acquired = Eventually.get(() -> lease.tryAcquire(snapshots));
            acquired.ifPresent(held::set);
            return acquired;
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(e.toString());
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    FeedNode feed() {
        return feed;
    }

    /** Acquires the lease, as for a take, as soon as it is free. */
    Held acquireLease() throws Exception {
        Eventually.isTrue(() -> acquire("orders").isPresent(), this);
        return held.get();
    }

    /** Starts the loop. */
    void watch() {
        feed.manager().start();
    }

    /** Returns the number of checks that the loop has made. */
    int checks() {
        return reports.size();
    }

    boolean reported(WatchOutcome outcome) {
        return reports.stream().anyMatch(report -> report.outcome() == outcome);
    }

    /** Returns whether the last check of the loop succeeded. */
    boolean lastCheckSucceeded() {
        return feed.manager().watchStatus().duty(WatchDuty.TAKE).consecutiveFailures() == 0;
    }

    /** Drops all lease requests from now on. */
    void disconnectLease() {
        leaseConnection.loseRequests(subject -> true, 0, Integer.MAX_VALUE);
    }

    /** Returns whether the last acquired lease is still held. */
    boolean hasLease() {
        return held.get().isHeld();
    }

    int leasesLost() {
        return leasesLost.get();
    }

    @Override
    public void close() throws InterruptedException {
        feed.close();
        connection.close();
    }

    @Override
    public String toString() {
        DutyStatus takes = feed.manager().watchStatus().duty(WatchDuty.TAKE);
        return name + ": " + rows() + "; last of " + checks() + " checks: " + takes.last() + "; last failure: "
                + takes.lastFailed();
    }

    private String rows() {
        try {
            return feed.texts().size() + " rows, feed end " + feed.running().end();
        } catch (SQLException e) {
            return "no rows: " + e;
        }
    }
}
