package io.harmonylite.snapshot.examples.watched;

import com.zaxxer.hikari.HikariDataSource;
import io.harmonylite.snapshot.RetentionPolicy;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.metrics.SnapshotMetrics;
import io.harmonylite.snapshot.nats.NatsFeed;
import io.harmonylite.snapshot.nats.NatsStreams;
import io.harmonylite.snapshot.recovery.RecoveryReport;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.watch.Trigger;
import io.harmonylite.snapshot.watch.WatchDuty;
import io.harmonylite.snapshot.watch.WatchOptions;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nats.client.Connection;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A node: pool, feed, snapshots with their background loop, and metrics. */
final class WatchedNode implements AutoCloseable {

    private final String name;
    private final Connection nats;
    private final String stream;
    private final NatsStreams streams;
    private final HikariDataSource pool = new HikariDataSource(); // Opens nothing before the first getConnection().
    private final TableSequenceMap positions = TableSequenceMap.create();
    private final OrderBook orders = new OrderBook(pool, positions);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final SnapshotMetrics metrics = SnapshotMetrics.of("orders");
    private final SnapshotManager snapshots;
    private @Nullable NatsFeed feed;

    WatchedNode(String name, Path database, Connection nats, String stream, SnapshotStore store) {
        this.name = name;
        this.nats = nats;
        this.stream = stream;
        this.streams = NatsStreams.of(nats, stream);
        pool.setJdbcUrl("jdbc:sqlite:" + database + "?journal_mode=WAL&busy_timeout=30000&transaction_mode=IMMEDIATE");
        metrics.bindTo(registry);
        this.snapshots = SnapshotManager.builder("orders", database, store)
                .node(name)
                .sequenceMap(positions)
                .streams(streams)
                .trigger(Trigger.everyMessages(100)
                        .or(Trigger.whenHeadroomBelow(0.5))
                        .or(Trigger.beforeClose()))
                .retention(RetentionPolicy.keepLast(3))
                .watchOptions(WatchOptions.defaults().checkEvery(Duration.ofMillis(200))) // The default is a minute.
                .listener(metrics)
                .build();
    }

    /** Recovers, then opens the database, then starts the feed, then the loop. */
    RecoveryReport start() throws SQLException {
        RecoveryReport report = snapshots.recover();
        orders.migrate();
        feed = NatsFeed.builder(streams, positions, pool)
                .handler(orders::apply)
                .onEnd(end -> {}) // This example polls the feed; a service would stop serving.
                .start();
        snapshots.attachFeed(feed);
        snapshots.start();
        return report;
    }

    OrderBook orders() {
        return orders;
    }

    /** Places an order of this node. */
    void place(String id) throws Exception {
        NatsFeed running = running();
        orders.place(id, stream, order -> running.positionOf(nats.jetStream().publish(stream, order)));
    }

    /** Waits until this number of orders is applied. */
    void awaitOrders(long count) throws Exception {
        while (orders.count() < count) {
            running();
            Thread.sleep(5);
        }
    }

    /** Waits until the loop has taken a snapshot. */
    void awaitTake() throws InterruptedException {
        while (snapshots.watchStatus().duty(WatchDuty.TAKE).lastDone().isEmpty()) {
            Thread.sleep(5);
        }
    }

    private NatsFeed running() {
        NatsFeed running = feed;
        if (running == null || running.end().isPresent()) {
            throw new IllegalStateException(
                    "the feed of " + name + " does not run: " + (running == null ? "not started" : running.end()));
        }
        return running;
    }

    /** Returns the metrics, health included, as sorted lines. */
    List<String> metricLines() {
        metrics.accept(snapshots.health());
        return registry.getMeters().stream()
                .flatMap(meter -> meter
                        .match(
                                gauge -> List.of(label(meter) + " " + number(gauge.value())),
                                counter -> List.of(label(meter) + " " + number(counter.count())),
                                timer -> List.of(label(meter) + " " + timer.count() + " times"),
                                summary -> List.of(label(meter) + " " + number(summary.totalAmount())),
                                longTask -> List.<String>of(),
                                gauge -> List.of(label(meter) + " " + number(gauge.value(gauge.baseTimeUnit()))),
                                counter -> List.of(label(meter) + " " + number(counter.count())),
                                timer -> List.<String>of(),
                                other -> List.<String>of())
                        .stream())
                .sorted()
                .toList();
    }

    private static String label(Meter meter) {
        return meter.getId().getName()
                + meter.getId().getTags().stream()
                        .map(tag -> tag.getKey() + "=" + tag.getValue())
                        .collect(Collectors.joining(" ", " ", ""));
    }

    private static String number(double number) {
        return String.format(Locale.ROOT, "%.2f", number);
    }

    /** Closes feed, manager, map and pool, in this order. The caller closes the store and the connection. */
    @Override
    public void close() {
        if (feed != null) {
            feed.close();
        }
        snapshots.close();
        positions.close();
        pool.close();
        registry.close();
    }
}
