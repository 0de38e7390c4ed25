package io.harmonylite.snapshot.examples.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.recovery.RecoveryOutcome;
import io.harmonylite.snapshot.recovery.RecoveryReport;
import io.harmonylite.snapshot.recovery.StreamGapException;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.ForwardingSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.nats.client.Connection;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;
import org.springframework.boot.Banner;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;

/** Starts and stops the host on Spring Boot, and requests its probes. */
@ExtendWith(NatsExtension.class)
class SpringHostIT {

    private final NatsServer server;
    private final Wire wire;
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    Path directory;

    SpringHostIT(NatsServer server, Connection connection) throws Exception {
        this.server = server;
        this.wire = Wire.create(connection);
    }

    @AfterEach
    void deleteStream() throws Exception {
        wire.close();
    }

    @Test
    void run_newNode_recoversBeforeThePoolAndMissesNothing() throws Exception {
        wire.publish(5);
        try (ConfigurableApplicationContext first = run("first.db")) {
            awaitOrders(first, 5);
        }
        wire.publish(8);
        events.clear();
        try (ConfigurableApplicationContext second = run("second.db")) {
            assertThat(second.getBean(RecoveryReport.class).plan().outcome()).isEqualTo(RecoveryOutcome.RESTORE);
            awaitOrders(second, 13);
            SnapshotManager snapshots = second.getBean(SnapshotManager.class);
            await().ignoreExceptionsInstanceOf(SnapshotInProgressException.class) // The loop may be taking one.
                    .until(() -> snapshots.take().generation() > 0);
            second.getBean(Replication.class).check();
            assertThat(get(second, "health").body()).contains("\"state\":\"OK\"");
            for (String probe : List.of("health", "health/liveness", "health/readiness")) {
                assertThat(get(second, probe).statusCode()).as(probe).isEqualTo(200);
            }
            assertThat(get(second, "metrics/harmonylite.snapshot.operation?tag=operation:take")
                            .body())
                    .contains("\"statistic\":\"COUNT\"", "done");
            assertThat(get(second, "metrics/harmonylite.snapshot.health?tag=state:ok")
                            .body())
                    .contains("\"value\":1.0");
        }
        assertThat(events).containsSubsequence("snapshots", "recovery", "pool", "orders", "replication");
    }

    @Test
    void close_running_closesFeedManagerStoreThenPool() throws Exception {
        wire.publish(5);
        ConfigurableApplicationContext context = run("orders.db");
        awaitOrders(context, 5);
        events.clear();
        context.close();
        assertThat(events).containsExactly("store closed, loop STOPPED, pool open", "pool closing", "nats closing");
        try (FileSystemSnapshotStore store = FileSystemSnapshotStore.open(directory.resolve("backups"))) {
            assertThat(SnapshotRepository.of("orders", store).list().snapshots())
                    .as("the take before the end")
                    .isNotEmpty();
        }
    }

    /** A restart is the remedy for a feed that has ended; it finds the gap that only a person can decide about. */
    @Test
    void feedEnds_isDownAndTheNextStartFailsWithTheReason() throws Exception {
        wire.publish(5);
        try (ConfigurableApplicationContext context = run("orders.db")) {
            awaitOrders(context, 5);
            dropOrders(context);
            wire.publish(1);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> get(context, "health/liveness").statusCode() == 503);
            assertThat(get(context, "health/readiness").statusCode()).isEqualTo(503);
            assertThat(get(context, "health").body()).contains("message 6 of stream", "no such table");
        }
        wire.publish(40);
        events.clear();
        Throwable failure = catchThrowable(() -> run("orders.db").close());
        assertThat(failure).hasRootCauseInstanceOf(StreamGapException.class);
        assertThat(events).contains("snapshots").doesNotContain("recovery", "pool");
        FailureAnalysis analysis = analysis(failure);
        assertThat(analysis.getDescription()).contains(wire.stream());
        assertThat(analysis.getAction()).contains("StreamGapException");
    }

    @Test
    void run_propertyIsMissing_namesIt() {
        Throwable failure = catchThrowable(() -> new SpringApplicationBuilder(SpringHost.class)
                .run("--snapshot.store=x")
                .close());
        assertThat(failure).hasRootCauseMessage("set snapshot.database");
    }

    private static FailureAnalysis analysis(Throwable failure) {
        return SpringFactoriesLoader.forDefaultResourceLocation()
                .load(
                        FailureAnalyzer.class,
                        FailureHandler.handleMessage((message, cause) -> {})) // Some need a context.
                .stream()
                .filter(SnapshotFailureAnalyzer.class::isInstance)
                .findFirst()
                .orElseThrow()
                .analyze(failure);
    }

    private ConfigurableApplicationContext run(String database) {
        return new SpringApplicationBuilder(SpringHost.class)
                .bannerMode(Banner.Mode.OFF)
                .initializers(context -> context.getBeanFactory().addBeanPostProcessor(new Recorder(context)))
                .run(
                        "--server.port=0",
                        "--management.endpoint.health.show-details=always",
                        "--snapshot.nats=" + server.url(),
                        "--snapshot.stream=" + wire.stream(),
                        "--snapshot.store=" + directory.resolve("backups"),
                        "--snapshot.database=" + directory.resolve(database));
    }

    private HttpResponse<String> get(ConfigurableApplicationContext context, String endpoint) throws Exception {
        String port = context.getEnvironment().getRequiredProperty("local.server.port");
        URI uri = URI.create("http://localhost:" + port + "/actuator/" + endpoint);
        return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    private static void awaitOrders(ConfigurableApplicationContext context, long count) {
        Orders orders = context.getBean(Orders.class);
        await().atMost(Duration.ofSeconds(60)).until(() -> orders.count() == count);
    }

    private static void dropOrders(ConfigurableApplicationContext context) throws SQLException {
        try (java.sql.Connection connection =
                        context.getBean(HikariDataSource.class).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE orders");
        }
    }

    /** Records the order in which beans are created and destroyed. */
    private final class Recorder implements DestructionAwareBeanPostProcessor {

        private final ConfigurableApplicationContext context;

        Recorder(ConfigurableApplicationContext context) {
            this.context = context;
        }

        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
            events.add(name);
            return bean instanceof SnapshotStore store ? new RecordedStore(store, context) : bean;
        }

        @Override
        public void postProcessBeforeDestruction(Object bean, String name) {
            events.add(name + " closing");
        }

        @Override
        public boolean requiresDestruction(Object bean) {
            return bean instanceof HikariDataSource || bean instanceof Connection;
        }
    }

    private final class RecordedStore extends ForwardingSnapshotStore {

        private final ConfigurableApplicationContext context;

        RecordedStore(SnapshotStore store, ConfigurableApplicationContext context) {
            super(store);
            this.context = context;
        }

        @Override
        public void close() throws IOException {
            super.close();
            if (context.isRunning() || context.isActive()) {
                events.add("store closed, loop "
                        + context.getBean(SnapshotManager.class).watchStatus().state() + ", pool "
                        + (context.getBean(HikariDataSource.class).isClosed() ? "closed" : "open"));
            }
        }
    }
}
