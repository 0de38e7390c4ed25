package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.sequence.Durability;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.sequence.SequenceMap;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The positions of a snapshot match its image for every kind of map, and a restore installs both. */
class SequenceMapInTakeTest {

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();
    private Path database;

    @BeforeEach
    void createDatabase() throws SQLException {
        database = directory.resolve("orders.db");
        TestDatabase.run(database, "PRAGMA journal_mode = WAL", "CREATE TABLE data (n INTEGER PRIMARY KEY)");
    }

    private SnapshotManager.Builder builder() {
        return SnapshotManager.builder("orders", database, store);
    }

    private static StreamPosition at(long sequence) {
        return StreamPosition.at(sequence);
    }

    private String rows(Path file) throws SQLException {
        return TestDatabase.value(file, "SELECT count(*) FROM data");
    }

    private interface Applier {
        void apply(Connection connection, long sequence) throws SQLException;
    }

    /** Takes snapshots while a thread applies messages, and asserts that each image matches its positions. */
    private void assertImagesMatch(CaptureMethod method, SequenceMap map, Applier applyMessage) throws Exception {
        TestDatabase.run(
                database,
                "CREATE TABLE filling (b BLOB)",
                TestDatabase.fill("filling", "b", "randomblob(200000)", 90)); // So many are copied by files.
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService applier = Executors.newSingleThreadExecutor();
        Future<Long> applying = applier.submit(() -> {
            try (Connection connection = TestDatabase.open(database)) {
                connection.setAutoCommit(false);
                long sequence = 0;
                while (!stop.get()) {
                    applyMessage.apply(connection, ++sequence);
                }
                return sequence;
            }
        });
        try (SnapshotManager manager =
                builder().sequenceMap(map).captureMethod(method).build()) {
            for (int i = 0; i < 6; i++) {
                SnapshotInfo taken = manager.take();
                long position =
                        taken.positions().of("s").map(StreamPosition::sequence).orElse(0L);
                Path copy = directory.resolve("copy-" + i + ".db");
                manager.repository().restore(RestoreRequest.of(taken.id()), copy);
                assertThat(rows(copy)).isEqualTo(String.valueOf(position));
            }
        } finally {
            stop.set(true);
            assertThat(applying.get()).isPositive();
            applier.shutdown();
        }
    }

    @ParameterizedTest
    @EnumSource
    void take_fileMapWhileMessagesAreApplied_imageMatchesItsPositions(CaptureMethod method) throws Exception {
        try (FileSequenceMap map = FileSequenceMap.builder(directory.resolve("map"))
                .durability(Durability.MANUAL)
                .open()) {
            assertImagesMatch(
                    method,
                    map,
                    (connection, sequence) -> map.apply("s", at(sequence), () -> {
                        TestDatabase.run(connection, "INSERT INTO data VALUES (" + sequence + ")");
                        connection.commit();
                    }));
        }
    }

    @ParameterizedTest
    @EnumSource
    void take_tableMapWhileMessagesAreApplied_imageMatchesItsPositions(CaptureMethod method) throws Exception {
        TableSequenceMap map = TableSequenceMap.create();
        assertImagesMatch(method, map, (connection, sequence) -> {
            if (map.in(connection).applied("s", at(sequence))) {
                TestDatabase.run(connection, "INSERT INTO data VALUES (" + sequence + ")");
            }
            connection.commit();
        });
    }

    private void applyUpTo(long last) throws SQLException {
        try (Connection connection = TestDatabase.open(database)) {
            connection.setAutoCommit(false);
            TableSequenceMap.InTransaction in = TableSequenceMap.create().in(connection);
            long next = in.positions().of("s").map(StreamPosition::sequence).orElse(0L) + 1;
            for (long sequence = next; sequence <= last; sequence++) {
                in.applied("s", at(sequence));
                TestDatabase.run(connection, "INSERT INTO data VALUES (" + sequence + ")");
                connection.commit();
            }
        }
    }

    private Positions inTables() throws SQLException {
        try (Connection connection = TestDatabase.open(database)) {
            return TableSequenceMap.create().in(connection).positions();
        }
    }

    @Test
    void take_positionTablesWithoutConfiguredMap_areRead() throws SQLException {
        applyUpTo(3);
        assertThat(builder().build().take().positions()).isEqualTo(Positions.of("s", at(3)));
    }

    @Test
    void take_otherPositionsDespiteTables_areRejected() throws SQLException {
        applyUpTo(3);
        assertThatThrownBy(() -> builder().build().take(Positions.of("s", at(3))))
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("__harmonylite__snapshot_positions and __harmonylite__snapshot_ahead")
                .hasMessageContaining("drop the tables");
        try (FileSequenceMap map = FileSequenceMap.open(directory.resolve("map"))) {
            assertThatThrownBy(() -> builder().sequenceMap(map).build().take())
                    .isInstanceOf(SnapshotConfigurationException.class);
        }
        assertThat(builder().build().list().snapshots()).isEmpty();
    }

    @Test
    void restore_positionTablesWithoutConfiguredMap_areAtTheSnapshotsPositions() throws SQLException {
        applyUpTo(3);
        builder().build().take();
        applyUpTo(5);
        SnapshotRepository.of("orders", store).restore(RestoreRequest.latest(), database);
        assertThat(inTables()).isEqualTo(Positions.of("s", at(3)));
        applyUpTo(5);
        assertThat(rows(database)).isEqualTo("5");
    }

    @Test
    void restoreOnline_positionTablesWithoutConfiguredMap_areAtTheSnapshotsPositions() throws SQLException {
        applyUpTo(3);
        builder().build().take();
        applyUpTo(5);
        SnapshotRepository.of("orders", store)
                .restore(RestoreRequest.latest().online(WriteBarrier.noWriters()), database);
        assertThat(inTables()).isEqualTo(Positions.of("s", at(3)));
    }

    @Test
    void restore_databaseWithoutPositionTables_createsNone() throws SQLException {
        builder().build().take(Positions.of("s", at(3)));
        builder().build().restore(RestoreRequest.latest());
        assertThat(TestDatabase.value(
                        database,
                        "SELECT group_concat(name) FROM sqlite_schema WHERE name GLOB '__harmonylite__snapshot*'"))
                .isEqualTo("'__harmonylite__snapshot_origin'");
    }

    @Test
    void restore_requiredPositionsMissing_isRejectedBeforeAnyChange() throws Exception {
        SnapshotInfo taken = builder().build().take();
        TestDatabase.run(database, "INSERT INTO data VALUES (1)");
        try (FileSequenceMap map = FileSequenceMap.open(directory.resolve("map"))) {
            map.applied("s", at(1));
            byte[] before = Files.readAllBytes(map.file());
            assertThatThrownBy(() -> builder()
                            .sequenceMap(map)
                            .build()
                            .restore(RestoreRequest.latest().requirePositions()))
                    .isInstanceOf(SnapshotConfigurationException.class)
                    .hasMessageContaining(taken.id().toString())
                    .hasMessageContaining("has no positions");
            assertThat(map.file()).hasBinaryContent(before);
            assertThat(map.applied("s", at(2))).as("the map still counts").isTrue();
        }
        assertThat(rows(database)).isEqualTo("1");
    }

    @Test
    void takeAndRestore_insideAnAction_areRejected() {
        try (FileSequenceMap map = FileSequenceMap.open(directory.resolve("map"));
                SnapshotManager manager = builder().sequenceMap(map).build()) {
            map.apply("s", at(1), () -> {
                assertThatThrownBy(manager::take).isInstanceOf(IllegalStateException.class);
                assertThatThrownBy(() -> manager.restore(RestoreRequest.latest()))
                        .isInstanceOf(IllegalStateException.class);
            });
            assertThat(manager.take().positions()).isEqualTo(Positions.of("s", at(1)));
        }
    }
}
