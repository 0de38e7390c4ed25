package io.harmonylite.snapshot.examples.wiring;

import com.zaxxer.hikari.HikariDataSource;
import io.harmonylite.snapshot.RetentionPolicy;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.metrics.SnapshotMetrics;
import io.harmonylite.snapshot.nats.NatsStreams;
import io.harmonylite.snapshot.recovery.RecoveryReport;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.watch.Trigger;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.scheduling.annotation.EnableScheduling;

/**
 * Snapshots in a host on Spring Boot. The database is recovered before the first connection to it. Its users stop before
 * the pool closes.
 */
@Configuration
@EnableScheduling
@EnableConfigurationProperties(SnapshotConfiguration.Settings.class)
class SnapshotConfiguration {

    /** The properties {@code snapshot.*}. */
    @ConfigurationProperties("snapshot")
    record Settings(
            Path database,
            Path store,
            String stream,
            @DefaultValue("nats://localhost:4222") String nats,
            @DefaultValue("10000") long everyMessages,
            @DefaultValue("6h") Duration every,
            @DefaultValue("7") int keepLast,
            @DefaultValue("30d") Duration keepYoungerThan) {

        Settings {
            Objects.requireNonNull(database, "set snapshot.database");
            Objects.requireNonNull(store, "set snapshot.store");
            Objects.requireNonNull(stream, "set snapshot.stream");
        }
    }

    @Bean
    Connection nats(Settings settings) throws IOException, InterruptedException {
        return Nats.connect(settings.nats());
    }

    @Bean
    NatsStreams streams(Connection nats, Settings settings) {
        return NatsStreams.of(nats, settings.stream());
    }

    @Bean
    SnapshotStore store(Settings settings) throws IOException {
        return FileSystemSnapshotStore.create(settings.store());
    }

    @Bean
    TableSequenceMap positions() {
        return TableSequenceMap.create();
    }

    /** Bound by Boot to every meter registry. */
    @Bean
    SnapshotMetrics metrics() {
        return SnapshotMetrics.of("orders");
    }

    @Bean
    SnapshotManager snapshots(
            SnapshotStore store,
            TableSequenceMap positions,
            NatsStreams streams,
            SnapshotMetrics metrics,
            Settings settings) {
        return SnapshotManager.builder("orders", settings.database(), store)
                .sequenceMap(positions)
                .streams(streams)
                .listener(metrics)
                .trigger(Trigger.everyMessages(settings.everyMessages())
                        .or(Trigger.every(settings.every()))
                        .or(Trigger.whenHeadroomBelow(0.5))
                        .or(Trigger.beforeClose()))
                .retention(RetentionPolicy.keepLast(settings.keepLast())
                        .and(RetentionPolicy.keepYoungerThan(settings.keepYoungerThan())))
                .build();
    }

    /** Throws if a person must decide. Then the context does not start, and {@link SnapshotFailureAnalyzer} says why. */
    @Bean
    RecoveryReport recovery(SnapshotManager snapshots) {
        return snapshots.recover();
    }

    /** Created after the recovery, and so are all beans that need a connection. */
    @Bean
    @DependsOn("recovery")
    HikariDataSource pool(Settings settings) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl("jdbc:sqlite:" + settings.database()
                + "?journal_mode=WAL&busy_timeout=30000&transaction_mode=IMMEDIATE");
        return pool;
    }

    @Bean
    Replication replication(
            NatsStreams streams,
            TableSequenceMap positions,
            HikariDataSource pool,
            Orders orders,
            SnapshotManager snapshots,
            SnapshotStore store,
            SnapshotMetrics metrics) {
        return new Replication(streams, positions, pool, orders::apply, snapshots, store, metrics);
    }

    /** For liveness and readiness. */
    @Bean
    HealthIndicator feedHealthIndicator(Replication replication) {
        return replication::feedHealth;
    }

    /** For alerts. */
    @Bean
    HealthIndicator snapshotsHealthIndicator(Replication replication) {
        return replication::snapshotsHealth;
    }
}
