package io.harmonylite.snapshot.examples.wiring;

import com.zaxxer.hikari.HikariDataSource;
import io.harmonylite.snapshot.RetentionPolicy;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.nats.NatsFeed;
import io.harmonylite.snapshot.nats.NatsStreams;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.watch.Trigger;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** A host with a plain {@code main}. Arguments: URL of the server, name of the stream, database, backup directory. */
public final class PlainHost {

    private PlainHost() {}

    public static void main(String[] arguments) throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            end.countDown();
            awaitUninterrupted(ended); // The JVM waits for its hooks, so it waits until everything is closed.
        }));
        try {
            run(arguments[0], arguments[1], Path.of(arguments[2]), Path.of(arguments[3]), end);
        } finally {
            ended.countDown();
        }
    }

    /** Serves until the latch is at zero or the feed ends. Closes in reverse order. */
    static void run(String server, String stream, Path database, Path backups, CountDownLatch end) throws Exception {
        try (Connection nats = Nats.connect(server);
                HikariDataSource pool = pool(database); // Opens nothing before the first getConnection().
                SnapshotStore store = FileSystemSnapshotStore.create(backups);
                TableSequenceMap positions = TableSequenceMap.create();
                SnapshotManager snapshots = SnapshotManager.builder("orders", database, store)
                        .sequenceMap(positions)
                        .streams(NatsStreams.of(nats, stream))
                        .trigger(Trigger.everyMessages(10_000)
                                .or(Trigger.every(Duration.ofHours(6)))
                                .or(Trigger.whenHeadroomBelow(0.5))
                                .or(Trigger.beforeClose()))
                        .retention(
                                RetentionPolicy.keepLast(7).and(RetentionPolicy.keepYoungerThan(Duration.ofDays(30))))
                        .build()) {
            snapshots.recover(); // Before the first connection. Throws if a person must decide.
            Orders orders = new Orders(pool, positions);
            orders.migrate();
            try (NatsFeed feed = NatsFeed.builder(NatsStreams.of(nats, stream), positions, pool)
                    .handler(orders::apply)
                    .onEnd(why -> end.countDown())
                    .start()) {
                snapshots.attachFeed(feed); // Its end and its lag are part of health().
                snapshots.start();
                System.out.println("serving");
                end.await();
            }
        }
    }

    private static HikariDataSource pool(Path database) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl("jdbc:sqlite:" + database + "?journal_mode=WAL&busy_timeout=30000&transaction_mode=IMMEDIATE");
        return pool;
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
