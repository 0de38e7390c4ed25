package io.harmonylite.snapshot.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
}
