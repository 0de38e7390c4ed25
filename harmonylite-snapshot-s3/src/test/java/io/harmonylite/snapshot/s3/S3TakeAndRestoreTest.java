package io.harmonylite.snapshot.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.RestoreReport;
import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.TakeRequest;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.StoreUnavailableException;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;

/** Complete takes and restores, and the number of their requests. */
class S3TakeAndRestoreTest {

    @RegisterExtension
    static final S3Server SERVER = new S3Server();

    private static final int ROWS = 350;
    private static final int OVERHEAD = 6;
    private static final int TAKE_OVERHEAD = 10;

    @TempDir
    Path directory;

    private final String prefix = S3Server.newPrefix();
    private final RequestCounter requests = new RequestCounter();
    private final S3Client client =
            SERVER.open(SERVER.client().overrideConfiguration(config -> config.addExecutionInterceptor(requests)));
    private final SnapshotStore store =
            S3SnapshotStore.builder(client, S3Server.BUCKET).prefix(prefix).build();
    private Path database;

    @BeforeEach
    void create() throws SQLException {
        database = directory.resolve("orders.db");
        run("CREATE TABLE note (id INTEGER PRIMARY KEY, text BLOB)");
    }

    /** Fills the database so that a snapshot has three packs. */
    private void fill() throws SQLException {
        run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + ROWS
                + ") INSERT INTO note SELECT i, randomblob(100000) FROM n");
    }

    private void run(String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void take_severalPacks_costsOneRequestPerPackPlusTen() throws Exception {
        fill();
        try (SnapshotManager manager = manager(store)) {
            manager.take();
            requests.take();
            SnapshotInfo taken = manager.take(TakeRequest.full());
            List<String> made = requests.take();
            int packs = packsOf(taken);
            assertThat(packs).isGreaterThan(2);
            assertThat(made).hasSizeLessThanOrEqualTo(packs + TAKE_OVERHEAD);
            assertThat(Collections.frequency(made, "PutObject")).isEqualTo(packs + 2); // Manifest and clock.
        }
    }

    @Test
    void take_firstOfStore_costsProbeInAddition() throws Exception {
        try (SnapshotManager manager = manager(store)) {
            SnapshotInfo taken = manager.take();
            List<String> made = requests.take();
            assertThat(made).hasSizeLessThanOrEqualTo(packsOf(taken) + TAKE_OVERHEAD + 5);
        }
    }

    @Test
    void restore_severalPacks_costsOneRequestPerPackPlusSix() throws Exception {
        fill();
        SnapshotInfo taken;
        try (SnapshotManager manager = manager(store)) {
            taken = manager.take();
        }
        int packs = packsOf(taken);
        Path target = directory.resolve("restored.db");
        try (SnapshotManager manager =
                SnapshotManager.builder("orders", target, store).build()) {
            requests.take();
            manager.restore(RestoreRequest.of(taken.id()));
        }
        List<String> made = requests.take();
        assertThat(made).hasSizeLessThanOrEqualTo(packs + OVERHEAD).doesNotContain("PutObject", "DeleteObject");
        assertThat(count(target)).isEqualTo(ROWS);
    }

    @Test
    void restore_ontoDatabaseOfAnEarlierTake_costsTwoRequestsForEachChangedLeaf() throws Exception {
        fill();
        Path target = directory.resolve("restored.db");
        try (SnapshotManager manager = manager(store)) {
            manager.take();
            run("VACUUM INTO '" + target + "'");
            run("UPDATE note SET text = randomblob(100000) WHERE id BETWEEN 170 AND 173"); // In one leaf.
            manager.take();
        }
        try (SnapshotManager manager =
                SnapshotManager.builder("orders", target, store).build()) {
            requests.take();
            RestoreReport report = manager.restore(RestoreRequest.latest());
            assertThat(requests.take()).hasSizeLessThanOrEqualTo(2 * 2 + OVERHEAD); // The first page has changed too.
            assertThat(report.bytesFetched()).isLessThan(2 << 20);
            assertThat(report.bytesReused()).isGreaterThan(30 << 20);
        }
        assertThat(count(target)).isEqualTo(ROWS);
    }

    @Test
    void list_severalSnapshots_costsOneRequestPerSnapshotPlusTwo() throws Exception {
        try (SnapshotManager manager = manager(store)) {
            manager.take();
            manager.take();
            manager.take();
            requests.take();
            assertThat(manager.list().snapshots()).hasSize(3);
            assertThat(requests.take()).hasSizeLessThanOrEqualTo(3 + 2);
        }
    }

    @Test
    void takeAndRestore_brokenConnections_succeed() throws Exception {
        fill();
        try (FaultProxy proxy = FaultProxy.before(SERVER.port());
                S3Client proxied =
                        S3Server.retryingSoon(S3Server.client(proxy.port()), 3).build();
                SnapshotStore broken = S3SnapshotStore.builder(proxied, S3Server.BUCKET)
                        .prefix(prefix)
                        .build();
                SnapshotManager manager = manager(broken)) {
            proxy.next(
                    ConnectionFault.error(503, "SlowDown"),
                    ConnectionFault.responseLost(),
                    ConnectionFault.none(),
                    ConnectionFault.none(),
                    ConnectionFault.none(),
                    ConnectionFault.none(),
                    ConnectionFault.resetRequestAfter(1 << 20),
                    ConnectionFault.responseLost(),
                    ConnectionFault.error(500, "InternalError"));
            SnapshotInfo taken = manager.take();
            proxy.next(
                    ConnectionFault.none(),
                    ConnectionFault.resetResponseAfter(50),
                    ConnectionFault.none(),
                    ConnectionFault.none(),
                    ConnectionFault.truncateResponseAfter(1 << 20),
                    ConnectionFault.resetResponseAfter(1 << 20),
                    ConnectionFault.truncateResponseAfter(1 << 20));
            Path target = directory.resolve("restored.db");
            try (SnapshotManager restoring =
                    SnapshotManager.builder("orders", target, broken).build()) {
                restoring.restore(RestoreRequest.of(taken.id()));
            }
            assertThat(count(target)).isEqualTo(ROWS);
        }
    }

    @Test
    void take_bucketMissing_throwsSnapshotConfiguration() throws Exception {
        try (SnapshotManager manager =
                manager(S3SnapshotStore.builder(client, "no-such-bucket").build())) {
            assertThatThrownBy(manager::take)
                    .isInstanceOf(SnapshotConfigurationException.class)
                    .hasMessageContaining("no-such-bucket");
        }
    }

    @Test
    @Tag("slow")
    @Timeout(30)
    void list_serviceUnreachable_givesUpWithin30Seconds() throws Exception {
        assertGivesUp(proxy -> proxy.close());
    }

    @Test
    @Tag("slow")
    @Timeout(30)
    void list_serviceUnresponsive_givesUpWithin30Seconds() throws Exception {
        assertGivesUp(proxy -> proxy.always(ConnectionFault.stallResponseAfter(0)));
    }

    private void assertGivesUp(Break fault) throws Exception {
        try (FaultProxy proxy = FaultProxy.before(SERVER.port());
                S3Client proxied =
                        S3Server.place(S3Client.builder(), proxy.port()).build();
                SnapshotStore unavailable =
                        S3SnapshotStore.builder(proxied, S3Server.BUCKET).build()) {
            fault.run(proxy);
            SnapshotRepository repository = SnapshotRepository.of("orders", unavailable);
            assertThatThrownBy(repository::list).isInstanceOf(StoreUnavailableException.class);
        }
    }

    private SnapshotManager manager(SnapshotStore into) {
        return SnapshotManager.builder("orders", database, into).build();
    }

    private int packsOf(SnapshotInfo snapshot) throws Exception {
        List<ObjectInfo> packs = store.list("orders/packs/" + snapshot.id());
        requests.take();
        return packs.size();
    }

    private static long count(Path file) throws SQLException {
        try (Connection connection = connect(file);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM note WHERE length(text) = 100000")) {
            return rows.getLong(1);
        }
    }

    private static Connection connect(Path file) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file);
    }

    private interface Break {
        void run(FaultProxy proxy) throws Exception;
    }
}
