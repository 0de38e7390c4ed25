package io.harmonylite.snapshot.examples.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.nats.FeedEnd;
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
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** Tests the order in which a host on Spring opens and closes. */
@ExtendWith(NatsExtension.class)
class SpringHostIT {

    private final NatsServer server;
    private final Wire wire;
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());

    @TempDir
    Path directory;

    SpringHostIT(NatsServer server, Connection connection) throws Exception {
        this.server = server;
        this.wire = Wire.create(connection);
    }

    @BeforeEach
    void createBackups() throws IOException {
        FileSystemSnapshotStore.create(directory.resolve("backups")).close();
    }

    @AfterEach
    void deleteStream() throws Exception {
        wire.close();
    }

    @Test
    void context_newNode_recoversBeforeThePoolAndMissesNothing() throws Exception {
        wire.publish(5);
        try (AnnotationConfigApplicationContext first = context("first.db")) {
            first.refresh();
            awaitOrders(first, 5);
        }
        wire.publish(8);
        events.clear();
        try (AnnotationConfigApplicationContext second = context("second.db")) {
            second.refresh();
            assertThat(second.getBean(RecoveryReport.class).plan().outcome()).isEqualTo(RecoveryOutcome.RESTORE);
            awaitOrders(second, 13);
        }
        assertThat(events).containsSubsequence("snapshots", "recovery", "pool", "orders", "replication");
    }

    @Test
    void close_running_closesFeedManagerMapStoreThenPool() throws Exception {
        wire.publish(5);
        AnnotationConfigApplicationContext context = context("orders.db");
        context.refresh();
        awaitOrders(context, 5);
        HikariDataSource pool = context.getBean(HikariDataSource.class);
        events.clear();
        context.close();
        // A table map holds nothing to close.
        assertThat(events)
                .containsExactly(
                        "feed closed, loop ON, pool open",
                        "store closed, loop STOPPED, pool open",
                        "pool closing",
                        "nats closing");
        assertThat(pool.isClosed()).isTrue();
        try (FileSystemSnapshotStore store = FileSystemSnapshotStore.open(directory.resolve("backups"))) {
            assertThat(SnapshotRepository.of("orders", store).list().snapshots())
                    .isNotEmpty();
        }
    }

    @Test
    void refresh_personMustDecide_failsBeforeThePoolIsCreated() throws Exception {
        wire.publish(40);
        AnnotationConfigApplicationContext context = context("orders.db");
        assertThatThrownBy(context::refresh).hasRootCauseInstanceOf(StreamGapException.class);
        assertThat(events).contains("snapshots").doesNotContain("recovery", "pool");
        assertThat(directory.resolve("orders.db")).doesNotExist();
    }

    private AnnotationConfigApplicationContext context(String database) {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        Map<String, Object> properties = Map.of(
                "orders.nats", server.url(),
                "orders.stream", wire.stream(),
                "orders.backups", directory.resolve("backups").toString(),
                "orders.database", directory.resolve(database).toString());
        context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", properties));
        context.register(SpringHost.class);
        context.getBeanFactory().addBeanPostProcessor(new Recorder(context));
        context.addApplicationListener(event -> {
            if (event instanceof PayloadApplicationEvent<?> payload && payload.getPayload() instanceof FeedEnd end) {
                assertThat(end).isInstanceOf(FeedEnd.Closed.class);
                events.add("feed closed, " + state(context));
            }
        });
        return context;
    }

    private static String state(AnnotationConfigApplicationContext context) {
        return "loop " + context.getBean(SnapshotManager.class).watchStatus().state() + ", pool "
                + (context.getBean(HikariDataSource.class).isClosed() ? "closed" : "open");
    }

    private static void awaitOrders(AnnotationConfigApplicationContext context, long count) {
        Orders orders = context.getBean(Orders.class);
        await().atMost(Duration.ofSeconds(60)).until(() -> orders.count() == count);
    }

    /** Records the order in which beans are created and destroyed. */
    private final class Recorder implements DestructionAwareBeanPostProcessor {

        private final AnnotationConfigApplicationContext context;

        Recorder(AnnotationConfigApplicationContext context) {
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

        private final AnnotationConfigApplicationContext context;

        RecordedStore(SnapshotStore store, AnnotationConfigApplicationContext context) {
            super(store);
            this.context = context;
        }

        @Override
        public void close() throws IOException {
            super.close();
            events.add("store closed, " + state(context));
        }
    }
}
