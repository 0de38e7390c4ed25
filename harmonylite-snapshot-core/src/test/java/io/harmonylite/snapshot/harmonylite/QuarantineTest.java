package io.harmonylite.snapshot.harmonylite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.TestDatabase;
import io.harmonylite.snapshot.exception.ChangeRejectedException;
import io.harmonylite.snapshot.exception.QuarantinedRowsException;
import io.harmonylite.snapshot.harmonylite.AppliedChange.Warning;
import io.harmonylite.snapshot.health.HealthCause;
import io.harmonylite.snapshot.health.HealthReason;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.stream.StreamMessage;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that meet on a UNIQUE value. Times of messages are seconds after {@link #START}. */
class QuarantineTest {

    private static final Instant START = Instant.parse("2026-11-30T12:00:00Z");
    private static final String ONE = "harmonylite-changes-1";
    private static final String TWO = "harmonylite-changes-2";
    private static final String ROWS = "SELECT * FROM u";

    @TempDir
    Path directory;

    private final Map<String, Long> sequences = new HashMap<>();
    private final HarmonyLiteApplier applier =
            HarmonyLiteApplier.builder().clock(() -> START.plusSeconds(100)).build();

    private Path file() {
        return directory.resolve("node.db");
    }

    private Connection database(String... statements) throws SQLException {
        Connection connection = TestDatabase.open(file());
        TestDatabase.withoutSyncs(connection);
        TestDatabase.run(connection, statements);
        return connection;
    }

    private StreamMessage next(String stream, long second, byte[] payload) {
        long sequence = sequences.merge(stream, 1L, Long::sum);
        return StreamMessage.of(stream, new StreamPosition(sequence, START.plusSeconds(second), null), payload);
    }

    private AppliedChange put(Connection connection, String stream, long second, @Nullable Object... row)
            throws SQLException {
        return applier.apply(connection, next(stream, second, Messages.insert("u", row)));
    }

    /** A value moves from row 1 to row 2; the image has it in row 2 already. */
    private void moveOntoImage(Connection connection) throws SQLException {
        AppliedChange replayed = put(connection, ONE, 1, "id", 1L, "v", "x");
        assertThat(replayed.warnings()).containsExactly(Warning.ROWS_QUARANTINED);
        assertThat(TestDatabase.rows(connection, ROWS)).containsExactly("1, 'x'");
    }

    private Connection image() throws SQLException {
        return database("CREATE TABLE u (id INTEGER PRIMARY KEY, v TEXT UNIQUE)", "INSERT INTO u VALUES (2, 'x')");
    }

    @Test
    void apply_olderMessageTakesAValue_keepsTheRowUntilALaterMessageForItsKey() throws Exception {
        try (Connection connection = image()) {
            moveOntoImage(connection);
            assertThat(applier.quarantined(connection))
                    .containsExactly(new QuarantinedRow(
                            "u", "\"id\" IS 2", "INSERT INTO \"u\" (\"id\", \"v\") VALUES (2, 'x')", ONE, 1));
            put(connection, ONE, 2, "id", 1L, "v", null);
            assertThat(put(connection, TWO, 3, "id", 2L, "v", "x").warnings()).isEmpty();
            assertThat(applier.quarantined(connection)).isEmpty();
            assertThat(TestDatabase.rows(connection, ROWS)).containsExactly("1, null", "2, 'x'");
        }
    }

    @Test
    void apply_deletionOfAQuarantinedRow_endsTheEntry() throws Exception {
        try (Connection connection = image()) {
            moveOntoImage(connection);
            applier.apply(connection, next(TWO, 3, Messages.change("delete", "u", "id", 2L, "v", "x")));
            assertThat(applier.quarantined(connection)).isEmpty();
        }
    }

    /** {@code REPLACE} at the origin removes a row without a message. */
    @Test
    void apply_replaceAtTheOriginInOrder_removesTheRowAsThere() throws Exception {
        try (Connection connection = database("CREATE TABLE u (id INTEGER PRIMARY KEY, v TEXT UNIQUE)")) {
            put(connection, ONE, 1, "id", 1L, "v", "x");
            assertThat(put(connection, TWO, 2, "id", 2L, "v", "x").warnings()).isEmpty();
            assertThat(applier.quarantined(connection)).isEmpty();
            assertThat(TestDatabase.rows(connection, ROWS)).containsExactly("2, 'x'");
        }
    }

    @Test
    void apply_replaceAtTheOriginWithinAReplay_removesTheRowAsThere() throws Exception {
        try (Connection connection = image()) {
            TestDatabase.run(connection, "UPDATE u SET v = 'other'");
            put(connection, ONE, 1, "id", 5L, "v", "x");
            assertThat(put(connection, TWO, 2, "id", 6L, "v", "x").warnings()).isEmpty();
            assertThat(put(connection, ONE, 1, "id", 7L, "v", "x").warnings())
                    .containsExactly(Warning.ROWS_QUARANTINED);
            assertThat(applier.quarantined(connection))
                    .extracting(QuarantinedRow::key)
                    .containsExactly("\"id\" IS 6");
        }
    }

    @Test
    void apply_messageOutOfTimeOrder_keepsTheRow() throws Exception {
        try (Connection connection = database("CREATE TABLE u (id INTEGER PRIMARY KEY, v TEXT UNIQUE)")) {
            put(connection, TWO, 5, "id", 2L, "v", "x");
            put(connection, ONE, 4, "id", 1L, "v", "x");
            assertThat(applier.quarantined(connection))
                    .extracting(QuarantinedRow::key)
                    .containsExactly("\"id\" IS 2");
        }
    }

    /** The time of the latest message belongs to the data, so it outlives the applier. */
    @Test
    void apply_messageOutOfTimeOrderAfterARestart_keepsTheRow() throws Exception {
        try (Connection connection = database("CREATE TABLE u (id INTEGER PRIMARY KEY, v TEXT UNIQUE)")) {
            put(connection, TWO, 5, "id", 2L, "v", "x");
            StreamMessage older = next(ONE, 4, Messages.insert("u", "id", 1L, "v", "x"));
            HarmonyLiteApplier another = HarmonyLiteApplier.create();
            assertThat(another.applyWithoutCounting(connection, older).warnings())
                    .containsExactly(Warning.ROWS_QUARANTINED);
        }
    }

    @Test
    void apply_messageWithoutTime_keepsTheRow() throws Exception {
        try (Connection connection = database("CREATE TABLE u (id INTEGER PRIMARY KEY, v TEXT UNIQUE)")) {
            for (long id = 1; id <= 2; id++) {
                applier.apply(
                        connection,
                        StreamMessage.of(ONE, StreamPosition.at(id), Messages.insert("u", "id", id, "v", "x")));
            }
            assertThat(applier.quarantined(connection)).hasSize(1);
        }
    }

    /** The node's own write is newer than its message, which is still to come and is not applied. */
    @Test
    void apply_ownNodeWrites_keepsEveryRow() throws Exception {
        HarmonyLiteApplier own = HarmonyLiteApplier.builder().ownNode(1).build();
        try (Connection connection = database("CREATE TABLE u (id INTEGER PRIMARY KEY, v TEXT UNIQUE)")) {
            own.apply(connection, next(ONE, 1, Messages.insert("u", "id", 1L, "v", "a")));
            TestDatabase.run(connection, "INSERT INTO u VALUES (7, 'x')");
            own.apply(connection, next(ONE, 2, Messages.insert("u", "id", 2L, "v", "x")));
            assertThat(own.quarantined(connection))
                    .extracting(QuarantinedRow::key)
                    .containsExactly("\"id\" IS 7");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE TABLE u (k TEXT, n INTEGER, v TEXT UNIQUE, w UNIQUE, PRIMARY KEY (n, k)) WITHOUT ROWID",
                "CREATE TABLE u (k TEXT, n INTEGER, v TEXT UNIQUE ON CONFLICT IGNORE,"
                        + " w UNIQUE ON CONFLICT REPLACE, PRIMARY KEY (k, n) ON CONFLICT ROLLBACK)",
                "CREATE TABLE u (k TEXT, n INTEGER, v TEXT COLLATE NOCASE, w, PRIMARY KEY (k, n));"
                        + "CREATE UNIQUE INDEX one ON u (v);CREATE UNIQUE INDEX two ON u (abs(w)) WHERE w IS NOT NULL",
                "CREATE TABLE u (k TEXT, n INTEGER, v TEXT UNIQUE, w UNIQUE, PRIMARY KEY (k, n));"
                        + "CREATE TRIGGER t1 BEFORE DELETE ON u BEGIN SELECT raise(ABORT, 'no'); END;"
                        + "CREATE TRIGGER t2 BEFORE UPDATE ON u BEGIN SELECT raise(IGNORE); END"
            })
    void apply_twoRowsAreRemoved_keepsBoth(String schema) throws Exception {
        try (Connection connection = database(schema.split(";(?=CREATE)"))) {
            TestDatabase.run(
                    connection,
                    "INSERT INTO u VALUES ('a''', 1, 'x', 1), (CAST(x'62ff' AS TEXT), 2, 'y', 2), ('c', 3, NULL, NULL)");
            AppliedChange applied = put(connection, ONE, 1, "k", "d", "n", 4L, "v", "x", "w", 2L);
            assertThat(applied.warnings()).containsExactly(Warning.ROWS_QUARANTINED);
            assertThat(TestDatabase.rows(connection, "SELECT k, n, v, w FROM u ORDER BY n"))
                    .containsExactly("'c', 3, null, null", "'d', 4, 'x', 2");
            assertThat(applier.quarantined(connection))
                    .extracting(QuarantinedRow::key)
                    .containsExactly("\"k\" IS 'a''' AND \"n\" IS 1", "\"k\" IS CAST(x'62ff' AS TEXT) AND \"n\" IS 2");
            for (QuarantinedRow row : applier.quarantined(connection)) {
                TestDatabase.run(connection, "DROP TRIGGER IF EXISTS t1", "DELETE FROM u WHERE n = 4", row.row());
            }
            assertThat(TestDatabase.rows(connection, "SELECT hex(k), n, v, w FROM u WHERE n < 3 ORDER BY n"))
                    .containsExactly("'6127', 1, 'x', 1", "'62FF', 2, 'y', 2");
        }
    }

    @Test
    void apply_keylessTable_keepsTheRowByItsRowid() throws Exception {
        try (Connection connection =
                database("CREATE TABLE u (v TEXT UNIQUE)", "INSERT INTO u (rowid, v) VALUES (7, 'x')")) {
            put(connection, ONE, 1, "rowid", 3L, "v", "x");
            assertThat(applier.quarantined(connection))
                    .extracting(QuarantinedRow::row)
                    .containsExactly("INSERT INTO \"u\" (\"rowid\", \"v\") VALUES (7, 'x')");
        }
    }

    @Test
    void apply_conflictWithTriggers_firesThemAsHarmonyLiteDoes() throws Exception {
        try (Connection connection = image()) {
            TestDatabase.run(
                    connection,
                    "CREATE TABLE fired (what)",
                    "CREATE TRIGGER ti AFTER INSERT ON u BEGIN INSERT INTO fired VALUES ('insert'); END",
                    "CREATE TRIGGER td AFTER DELETE ON u BEGIN INSERT INTO fired VALUES ('delete'); END");
            put(connection, ONE, 1, "id", 1L, "v", "x");
            assertThat(TestDatabase.rows(connection, "SELECT * FROM fired")).containsExactly("'insert'");
            put(connection, ONE, 2, "id", 1L, "v", "y");
            assertThat(TestDatabase.value(connection, "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'"))
                    .isEqualTo("2");
        }
    }

    @Test
    void apply_foreignKeysWithActionsOn_isRejected() throws Exception {
        try (Connection connection = image()) {
            TestDatabase.run(
                    connection,
                    "CREATE TABLE child (id INTEGER PRIMARY KEY, u INTEGER REFERENCES U (id) ON DELETE CASCADE)",
                    "INSERT INTO child VALUES (1, 2)",
                    "PRAGMA foreign_keys = ON");
            StreamMessage message = next(ONE, 1, Messages.insert("u", "id", 1L, "v", "x"));
            assertThatThrownBy(() -> applier.apply(connection, message))
                    .isInstanceOf(ChangeRejectedException.class)
                    .hasMessageContaining("foreign_keys is on");
            TestDatabase.run(connection, "PRAGMA foreign_keys = OFF");
            applier.apply(connection, message);
            assertThat(TestDatabase.rows(connection, "SELECT * FROM child")).containsExactly("1, 2");
        }
    }

    @Test
    void takeAndRestore_rowsInQuarantine_keepThemAndHealthNamesThem() throws Exception {
        InMemorySnapshotStore store = new InMemorySnapshotStore();
        try (Connection connection = image()) {
            moveOntoImage(connection);
        }
        try (SnapshotManager manager = SnapshotManager.builder("node", file(), store)
                .sequenceMap(TableSequenceMap.create())
                .build()) {
            manager.take();
            manager.restore(RestoreRequest.latest());
            assertThat(manager.health().reasons())
                    .filteredOn(reason -> reason.cause() == HealthCause.ROWS_QUARANTINED)
                    .extracting(HealthReason::sentence)
                    .singleElement()
                    .asString()
                    .contains("table u key \"id\" IS 2 (removed by message 1 of " + ONE + ")");
            SnapshotRepository repository = manager.repository();
            HarmonyLiteSnapshotFile target = HarmonyLiteSnapshotFile.of(directory.resolve("snapshot.db"));
            assertThatThrownBy(() -> repository.export(HarmonyLiteExportRequest.latest(), target))
                    .isInstanceOf(QuarantinedRowsException.class)
                    .hasMessageContaining("table u key \"id\" IS 2");
            assertThat(target.file()).doesNotExist();
            TestDatabase.run(file(), "DELETE FROM __harmonylite__snapshot_quarantine");
            manager.take();
            repository.export(HarmonyLiteExportRequest.latest(), target);
            assertThat(TestDatabase.rows(
                            target.file(), "SELECT name FROM sqlite_schema WHERE name LIKE '\\_\\_%' ESCAPE '\\'"))
                    .isEmpty();
            assertThat(manager.health().reasons())
                    .extracting(HealthReason::cause)
                    .doesNotContain(HealthCause.ROWS_QUARANTINED);
        }
    }
}
