package io.harmonylite.snapshot.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.TestDatabase;
import io.harmonylite.snapshot.exception.PendingChangesException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutboxTableTest {

    @TempDir
    Path directory;

    private Connection live;
    private Connection staged;

    @BeforeEach
    void open() throws SQLException {
        live = TestDatabase.open(directory.resolve("live.db"));
        staged = TestDatabase.open(directory.resolve("staged.db"));
        TestDatabase.run(staged, "CREATE TABLE person (name TEXT)", "INSERT INTO person VALUES ('before')");
    }

    @AfterEach
    void close() throws SQLException {
        live.close();
        staged.close();
    }

    private static void addPerson(Connection staged, OutboxRow change) throws SQLException {
        try (PreparedStatement insert = staged.prepareStatement("INSERT INTO person VALUES (?)")) {
            insert.setString(1, (String) change.value("NAME"));
            insert.executeUpdate();
        }
    }

    private final OutboxTable outbox = OutboxTable.of("out \"box", OutboxTableTest::addPerson);

    private void createOutbox() throws SQLException {
        TestDatabase.run(
                live,
                "CREATE TABLE \"out \"\"box\" (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, payload BLOB, weight REAL,"
                        + " state INT DEFAULT 0, doubled AS (weight * 2))",
                "CREATE INDEX by_state ON \"out \"\"box\" (state)",
                "CREATE TRIGGER refused BEFORE INSERT ON \"out \"\"box\" WHEN new.name = 'x' BEGIN SELECT"
                        + " raise(ABORT, 'no'); END",
                "INSERT INTO \"out \"\"box\" (name, payload, weight, state) VALUES ('gone', x'00', 1, 0), ('b', x'00ff', 2.5,"
                        + " 0), ('c', NULL, NULL, 1), ('d', x'', 9007199254740993, 0)",
                "DELETE FROM \"out \"\"box\" WHERE name = 'gone'",
                "UPDATE \"out \"\"box\" SET id = 17 WHERE name = 'd'",
                "INSERT INTO \"out \"\"box\" (id, name) VALUES (40, 'published')",
                "DELETE FROM \"out \"\"box\" WHERE id = 40");
    }

    @Test
    void pending_noTable_isZero() throws Exception {
        assertThat(outbox.count(live)).isZero();
        assertThat(outbox.transfer(live, staged)).isZero();
        assertThat(TestDatabase.value(staged, "SELECT count(*) FROM sqlite_schema"))
                .isEqualTo("1");
    }

    @Test
    void pending_withAndWithoutCondition_countsRows() throws Exception {
        createOutbox();
        assertThat(outbox.count(live)).isEqualTo(3);
        assertThat(outbox.pendingWhere("state = 0").count(live)).isEqualTo(2);
        assertThat(outbox.tables()).containsExactly("out \"box");
    }

    @Test
    void transfer_pendingRows_copiesRowsAndAppliesThem() throws Exception {
        createOutbox();
        assertThat(outbox.pendingWhere("state = 0").transfer(live, staged)).isEqualTo(2);
        assertThat(TestDatabase.value(staged, "SELECT group_concat(name) FROM person"))
                .isEqualTo("'before,b,d'");
        String rows = "SELECT group_concat(id || name || quote(payload) || quote(weight) || state, ' ') FROM \"out"
                + " \"\"box\" WHERE state = 0";
        assertThat(TestDatabase.value(staged, rows)).isEqualTo(TestDatabase.value(live, rows));
        assertThat(TestDatabase.value(staged, "SELECT count(*) FROM \"out \"\"box\""))
                .isEqualTo("2");
        String schema =
                "SELECT group_concat(sql) FROM (SELECT sql FROM sqlite_schema WHERE tbl_name LIKE 'out%' ORDER BY"
                        + " name)";
        assertThat(TestDatabase.value(staged, schema)).isEqualTo(TestDatabase.value(live, schema));
    }

    @Test
    void transfer_autoincrement_continuesAfterTheHighestId() throws Exception {
        createOutbox();
        outbox.transfer(live, staged);
        TestDatabase.run(staged, "INSERT INTO \"out \"\"box\" (name) VALUES ('next')");
        assertThat(TestDatabase.value(staged, "SELECT id FROM \"out \"\"box\" WHERE name = 'next'"))
                .as("id 40 was used before, though its row is deleted")
                .isEqualTo("41");
    }

    @Test
    void transfer_nothingPending_createsTheEmptyTable() throws Exception {
        createOutbox();
        assertThat(outbox.pendingWhere("state = 7").transfer(live, staged)).isZero();
        assertThat(TestDatabase.value(staged, "SELECT count(*) FROM \"out \"\"box\""))
                .isEqualTo("0");
        assertThat(TestDatabase.value(staged, "SELECT group_concat(name) FROM person"))
                .isEqualTo("'before'");
    }

    @Test
    void transfer_triggerWritesTheOutbox_addsNoDuplicate() throws Exception {
        TestDatabase.run(live, "CREATE TABLE outbox (name TEXT)", "INSERT INTO outbox VALUES ('z'), ('a'), ('z')");
        TestDatabase.run(
                staged,
                "CREATE TRIGGER published AFTER INSERT ON person BEGIN INSERT INTO outbox VALUES (new.name); END");
        OutboxTable plain = OutboxTable.of("OUTBOX", OutboxTableTest::addPerson);
        assertThat(plain.transfer(live, staged)).isEqualTo(3);
        assertThat(TestDatabase.value(staged, "SELECT group_concat(name) FROM outbox"))
                .isEqualTo("'z,a,z'");
        assertThat(TestDatabase.value(staged, "SELECT group_concat(name) FROM person"))
                .isEqualTo("'before,z,a,z'");
    }

    @Test
    void transfer_withoutRowid_copiesTheRows() throws Exception {
        TestDatabase.run(
                live,
                "CREATE TABLE outbox (name TEXT, rowid INT, PRIMARY KEY (name)) WITHOUT ROWID",
                "INSERT INTO outbox VALUES ('b', 1), ('a', 2)");
        assertThat(OutboxTable.appliedOnArrival("outbox").transfer(live, staged))
                .isEqualTo(2);
        assertThat(TestDatabase.value(staged, "SELECT group_concat(name || rowid) FROM outbox"))
                .isEqualTo("'a2,b1'");
        assertThat(TestDatabase.value(staged, "SELECT group_concat(name) FROM person"))
                .as("applied when it returns from the stream")
                .isEqualTo("'before'");
    }

    @Test
    void transfer_applierFails_fails() throws Exception {
        createOutbox();
        OutboxTable failing = OutboxTable.of("out \"box", (to, change) -> {
            throw new SQLException("planned");
        });
        assertThatThrownBy(() -> failing.transfer(live, staged)).hasMessage("planned");
    }

    /** Opens new databases with given encodings, and an outbox that holds the given values. */
    private void outboxIn(String liveEncoding, String stagedEncoding, String values) throws SQLException {
        close();
        live = TestDatabase.open(directory.resolve("live in " + liveEncoding));
        staged = TestDatabase.open(directory.resolve("staged in " + stagedEncoding));
        TestDatabase.run(staged, "PRAGMA encoding = '" + stagedEncoding + "'", "CREATE TABLE person (name TEXT)");
        TestDatabase.run(
                live,
                "PRAGMA encoding = '" + liveEncoding + "'",
                "CREATE TABLE outbox (id INTEGER PRIMARY KEY, name TEXT, payload)",
                "INSERT INTO outbox (name, payload) VALUES " + values);
    }

    private static String stored(Connection database) throws SQLException {
        return TestDatabase.value(
                database,
                "SELECT group_concat(typeof(name) || hex(name) || typeof(payload) || hex(payload), ' ') FROM outbox");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "UTF-8 | (CAST(x'c328' AS TEXT), CAST(x'eda080' AS TEXT))",
                "UTF-8 | (CAST(x'efbfbf' AS TEXT), CAST(x'61ff0062' AS TEXT))",
                "UTF-16le | (CAST(x'00d84100' AS TEXT), CAST(x'00dc' AS TEXT))",
                "UTF-16be | (CAST(x'd8000041' AS TEXT), CAST(x'ffff' AS TEXT))",
                "UTF-16le | ('', x'')",
                "UTF-8 | (char(65279, 97, 0, 98), x'610062')"
            })
    void transfer_anyText_keepsItsBytes(String encoding, String row) throws Exception {
        outboxIn(encoding, encoding, row);
        assertThat(OutboxTable.appliedOnArrival("outbox").transfer(live, staged))
                .isEqualTo(1);
        assertThat(stored(staged)).isEqualTo(stored(live));
    }

    /** SQLite ignores the case of ASCII letters only. */
    @Test
    void transfer_columnsThatDifferOutsideAscii_keepTheirValues() throws Exception {
        TestDatabase.run(
                live,
                "CREATE TABLE outbox (name TEXT, \"ä\" TEXT, \"Ä\" TEXT, k TEXT, \"\u212a\" TEXT)",
                "INSERT INTO outbox VALUES ('n', '1', '2', '3', '4')");
        List<Object> seen = new ArrayList<>();
        OutboxTable.of("outbox", (to, row) -> seen.addAll(List.of(row.value("ä"), row.value("Ä"), row.value("K"))))
                .transfer(live, staged);
        assertThat(TestDatabase.rows(staged, "SELECT * FROM outbox")).containsExactly("'n', '1', '2', '3', '4'");
        assertThat(seen).containsExactly("1", "2", "3");
    }

    @Test
    void transfer_imageInAnotherEncoding_convertsTextOrFails() throws Exception {
        outboxIn("UTF-8", "UTF-16le", "('ä' || char(128512) || char(0), x'c328')");
        OutboxTable arriving = OutboxTable.appliedOnArrival("outbox");
        assertThat(arriving.transfer(live, staged)).isEqualTo(1);
        assertThat(stored(staged)).isEqualTo("'textE4003DD800DE0000blobC328'");
        TestDatabase.run(live, "UPDATE outbox SET payload = CAST(payload AS TEXT)");
        TestDatabase.run(staged, "DROP TABLE outbox");
        assertThatThrownBy(() -> arriving.transfer(live, staged))
                .isInstanceOf(PendingChangesException.class)
                .hasMessageContainingAll("outbox", "payload", "UTF-8", "correct");
    }

    @Test
    void transfer_applierReadsInvalidText_fails() throws Exception {
        outboxIn("UTF-8", "UTF-8", "(CAST(x'61c328' AS TEXT), 1)");
        OutboxTable applied = OutboxTable.of("outbox", OutboxTableTest::addPerson);
        assertThatThrownBy(() -> applied.transfer(live, staged))
                .isInstanceOf(PendingChangesException.class)
                .hasMessageContainingAll("outbox", "NAME", "UTF-8", "correct");
        assertThat(TestDatabase.value(staged, "SELECT count(*) FROM person")).isEqualTo("0");
    }
}
