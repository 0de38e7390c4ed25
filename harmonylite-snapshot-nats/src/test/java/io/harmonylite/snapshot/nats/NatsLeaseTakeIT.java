package io.harmonylite.snapshot.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotListener;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.VerifyDepth;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.lease.SnapshotLease;
import io.harmonylite.snapshot.lease.SnapshotLease.Held;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.nats.client.Connection;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two nodes take snapshots under leases of one real server. */
@Timeout(120)
class NatsLeaseTakeIT {

    private static final String BUCKET = "leases";

    /** How a lease is lost. */
    enum Loss {
        BUCKET_DELETED {
            @Override
            void happen(NatsServer server, Connection connection) throws Exception {
                connection.keyValueManagement().delete(BUCKET);
            }
        },
        SERVER_KILLED {
            @Override
            void happen(NatsServer server, Connection connection) {
                server.kill();
            }
        };

        abstract void happen(NatsServer server, Connection connection) throws Exception;
    }

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();
    private final AtomicInteger lost = new AtomicInteger();
    private NatsServer server;
    private Connection one;
    private Connection two;

    @BeforeEach
    void start() throws Exception {
        server = NatsServer.start(directory.resolve("server"));
        one = server.connect();
        two = server.connect();
        for (String node : new String[] {"one", "two"}) {
            try (java.sql.Connection opened = DriverManager.getConnection("jdbc:sqlite:" + database(node));
                    Statement statement = opened.createStatement()) {
                statement.execute("CREATE TABLE note (id INTEGER PRIMARY KEY)");
            }
        }
    }

    @AfterEach
    void stop() throws Exception {
        one.close();
        two.close();
        server.close();
    }

    private Path database(String node) {
        return directory.resolve(node + ".db");
    }

    private SnapshotManager manager(String node, SnapshotLease lease, Action atCommit) {
        return SnapshotManager.builder("orders", database(node), store.again())
                .node(node)
                .lease(lease)
                .listener(new SnapshotListener() {
                    @Override
                    public void stageStarted(Stage stage) {
                        if (stage == Stage.COMMIT) {
                            atCommit.runUnchecked();
                        }
                    }

                    @Override
                    public void leaseLost() {
                        lost.incrementAndGet();
                    }
                })
                .build();
    }

    @Test
    void take_anotherNodeTaking_throwsInProgressAndSucceedsLater() throws Exception {
        try (SnapshotManager second = manager("two", NatsLease.create(two, BUCKET), () -> {});
                SnapshotManager first = manager(
                        "one",
                        NatsLease.create(one, BUCKET),
                        () -> assertThatThrownBy(second::take).isInstanceOf(SnapshotInProgressException.class))) {
            first.take();
            second.take();
            assertThat(first.repository().list().snapshots()).hasSize(2);
            assertThat(lost).hasValue(0);
        }
    }

    /** HarmonyLite goes on without its lease and replaces a snapshot that another node has stored since (fault D26). */
    @ParameterizedTest
    @EnumSource
    void d26_leaseLostDuringTake_isReportedAndSnapshotIsSound(Loss loss) throws Exception {
        NatsLease lease =
                NatsLease.builder(one, BUCKET).duration(Duration.ofSeconds(1)).create();
        AtomicReference<Held> held = new AtomicReference<>();
        SnapshotLease watched = name -> lease.tryAcquire(name).map(got -> {
            held.set(got);
            return got;
        });
        try (SnapshotManager manager = manager("one", watched, () -> {
            loss.happen(server, two);
            while (held.get().isHeld()) {
                Thread.sleep(10);
            }
        })) {
            SnapshotInfo taken = manager.take();
            assertThat(lost).hasValue(1);
            assertThat(manager.verify(taken.id(), VerifyDepth.REBUILD).isSound())
                    .isTrue();
        }
    }

    private interface Action {
        void run() throws Exception;

        default void runUnchecked() {
            try {
                run();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }
}
