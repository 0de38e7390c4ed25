package io.harmonylite.snapshot.examples.wiring;

import com.zaxxer.hikari.HikariDataSource;
import io.harmonylite.snapshot.RetentionPolicy;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.nats.NatsFeed;
import io.harmonylite.snapshot.nats.NatsStreams;
import io.harmonylite.snapshot.recovery.RecoveryReport;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.watch.Trigger;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.core.env.Environment;

/**
 * A host on Spring. The database is recovered before the first connection, and its users stop before the pool closes.
 */
@Configuration
class SpringHost {

    private final Environment environment;

    SpringHost(Environment environment) {
        this.environment = environment;
    }

    @Bean(destroyMethod = "close")
    Connection nats() throws IOException, InterruptedException {
        return Nats.connect(environment.getRequiredProperty("orders.nats"));
    }

    @Bean
    NatsStreams streams(Connection nats) {
        return NatsStreams.of(nats, environment.getRequiredProperty("orders.stream"));
    }

    @Bean(destroyMethod = "close")
    SnapshotStore store() throws IOException {
        return FileSystemSnapshotStore.create(Path.of(environment.getRequiredProperty("orders.backups")));
    }

    @Bean(destroyMethod = "close")
    TableSequenceMap positions() {
        return TableSequenceMap.create();
    }

    @Bean(destroyMethod = "close")
    SnapshotManager snapshots(SnapshotStore store, TableSequenceMap positions, NatsStreams streams) {
        return SnapshotManager.builder("orders", database(), store)
                .sequenceMap(positions)
                .streams(streams)
                .trigger(Trigger.everyMessages(10_000)
                        .or(Trigger.every(Duration.ofHours(6)))
                        .or(Trigger.whenHeadroomBelow(0.5))
                        .or(Trigger.beforeClose()))
                .retention(RetentionPolicy.keepLast(7).and(RetentionPolicy.keepYoungerThan(Duration.ofDays(30))))
                .build();
    }

    /** Throws if a person must decide; then the context does not start. */
    @Bean
    RecoveryReport recovery(SnapshotManager snapshots) {
        return snapshots.recover();
    }

    /** Created after the recovery, and so are all beans that need a connection. */
    @Bean(destroyMethod = "close")
    @DependsOn("recovery")
    HikariDataSource pool() {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(
                "jdbc:sqlite:" + database() + "?journal_mode=WAL&busy_timeout=30000&transaction_mode=IMMEDIATE");
        return pool;
    }

    @Bean(initMethod = "migrate")
    Orders orders(DataSource pool, TableSequenceMap positions) {
        return new Orders(pool, positions);
    }

    private Path database() {
        return Path.of(environment.getRequiredProperty("orders.database"));
    }

    /**
     * Feed and loop. Spring stops beans with a lifecycle before it destroys any bean. So the order is: feed, manager,
     * map, store, then the pool and the connection to NATS. Closing a bean a second time has no effect.
     */
    @Bean
    SmartLifecycle replication(
            NatsStreams streams,
            TableSequenceMap positions,
            DataSource pool,
            Orders orders,
            SnapshotManager snapshots,
            SnapshotStore store,
            ApplicationEventPublisher events) {
        NatsFeed.Builder feed = NatsFeed.builder(streams, positions, pool)
                .handler(orders::apply)
                .onEnd(events::publishEvent); // On a FeedEnd other than Closed, stop serving and restart.
        return new Replication(feed, positions, snapshots, store);
    }

    private static final class Replication implements SmartLifecycle {

        private final NatsFeed.Builder builder;
        private final TableSequenceMap positions;
        private final SnapshotManager snapshots;
        private final SnapshotStore store;
        private NatsFeed feed;

        Replication(
                NatsFeed.Builder builder, TableSequenceMap positions, SnapshotManager snapshots, SnapshotStore store) {
            this.builder = builder;
            this.positions = positions;
            this.snapshots = snapshots;
            this.store = store;
        }

        /** Starts before a web server accepts requests, and stops after it: web servers have a higher phase. */
        @Override
        public int getPhase() {
            return 0;
        }

        @Override
        public void start() {
            feed = builder.start();
            snapshots.attachFeed(feed);
            snapshots.start();
        }

        @Override
        public boolean isRunning() {
            return feed != null;
        }

        @Override
        public void stop() {
            feed.close();
            snapshots.close();
            positions.close();
            try {
                store.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                feed = null;
            }
        }
    }
}
