package io.harmonylite.snapshot.examples.wiring;

import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.health.HealthReason;
import io.harmonylite.snapshot.health.SnapshotHealth;
import io.harmonylite.snapshot.metrics.SnapshotMetrics;
import io.harmonylite.snapshot.nats.FeedHandler;
import io.harmonylite.snapshot.nats.NatsFeed;
import io.harmonylite.snapshot.nats.NatsStreams;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.health.Health;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * Feed, loop and their health. Spring stops beans with a lifecycle before it destroys any bean. So the order is: feed,
 * manager, map, store, then the pool and the connection to NATS. Closing a bean a second time has no effect.
 */
final class Replication implements SmartLifecycle {

    private final NatsFeed.Builder builder;
    private final TableSequenceMap positions;
    private final SnapshotManager snapshots;
    private final SnapshotStore store;
    private final SnapshotMetrics metrics;
    private volatile @Nullable NatsFeed feed;
    private volatile @Nullable SnapshotHealth last;

    Replication(
            NatsStreams streams,
            TableSequenceMap positions,
            DataSource pool,
            FeedHandler handler,
            SnapshotManager snapshots,
            SnapshotStore store,
            SnapshotMetrics metrics) {
        this.builder = NatsFeed.builder(streams, positions, pool).handler(handler);
        this.positions = positions;
        this.snapshots = snapshots;
        this.store = store;
        this.metrics = metrics;
    }

    /** Starts before the web server accepts requests, and stops after it: its phase is higher. */
    @Override
    public int getPhase() {
        return 0;
    }

    @Override
    public void start() {
        NatsFeed started = builder.start();
        feed = started;
        snapshots.attachFeed(started);
        snapshots.start();
    }

    @Override
    public boolean isRunning() {
        return feed != null;
    }

    @Override
    public void stop() {
        NatsFeed running = feed;
        feed = null;
        if (running != null) {
            running.close();
        }
        snapshots.close();
        positions.close();
        try {
            store.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Asks store, streams and database, which may take as long as any call if they cannot be reached. Begins after the
     * loop has taken the first snapshot of a new database.
     */
    @Scheduled(initialDelay = 15, fixedDelay = 60, timeUnit = TimeUnit.SECONDS)
    void check() {
        SnapshotHealth seen = snapshots.health();
        last = seen;
        metrics.accept(seen);
    }

    /** Down once no message is applied any longer, for whatever reason: a restart recovers, or says what to decide. */
    Health feedHealth() {
        NatsFeed running = feed;
        return running == null
                ? Health.outOfService().build()
                : running.failure()
                        .map(why -> Health.down().withDetail("ended", why).build())
                        .orElseGet(() -> Health.up().build());
    }

    /** The last result of {@link #check}. */
    Health snapshotsHealth() {
        SnapshotHealth seen = last;
        if (seen == null) {
            return Health.unknown().build();
        }
        Health.Builder health = switch (seen.state()) {
            case OK, STALE -> Health.up();
            case RESTORING -> Health.outOfService();
            case FAILING, GAP -> Health.down();
        };
        return health.withDetail("state", seen.state())
                .withDetail(
                        "reasons",
                        seen.reasons().stream().map(HealthReason::sentence).toList())
                .build();
    }
}
