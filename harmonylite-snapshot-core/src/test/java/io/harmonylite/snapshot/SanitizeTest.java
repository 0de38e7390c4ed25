package io.harmonylite.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects of HarmonyLite and of this library are left out of a snapshot; objects with similar names are kept. */
class SanitizeTest {

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();
    private Path database;

    @BeforeEach
    void createDatabase() throws Exception {
        database = TestDatabase.create(directory.resolve("x.db"), "PRAGMA journal_mode = WAL");
    }

    private SnapshotManager.Builder builder() {
        return SnapshotManager.builder("x", database, store);
    }

    private Path restored() {
        Path copy = directory.resolve("copy.db");
        builder().build().repository().restore(RestoreRequest.latest(), copy);
        return copy;
    }

    @ParameterizedTest
    @EnumSource(Compaction.class)
    void take_reservedObjects_areLeftOutAndNothingElse(Compaction compaction) throws Exception {
        Map<String, List<String>> before = TestDatabase.dump(database);
        TestDatabase.run(
                database,
                "CREATE TABLE __harmonylite__person_change_log (id INTEGER PRIMARY KEY, val TEXT, state INT)",
                "CREATE INDEX __harmonylite__person_change_log_state_idx ON __harmonylite__person_change_log (state)",
                "CREATE TABLE __harmonylite___global_change_log (id INTEGER PRIMARY KEY AUTOINCREMENT, n INT)",
                "CREATE TRIGGER __harmonylite__person_on_insert AFTER INSERT ON person BEGIN"
                        + " INSERT INTO __harmonylite__person_change_log (val) VALUES (NEW.name); END",
                "CREATE TRIGGER __harmonylite__on_log AFTER INSERT ON __harmonylite__person_change_log BEGIN SELECT 1; END",
                "CREATE VIEW __harmonylite__view AS SELECT * FROM __harmonylite__person_change_log",
                "CREATE INDEX __harmonylite__snapshot_user_index ON note (at)",
                "CREATE TABLE __harmonylite__snapshot_notes (stream TEXT PRIMARY KEY, sequence INT) WITHOUT ROWID",
                "CREATE TABLE \"__harmonylite__it's \"\"odd\"\" [x]\" (x)",
                "CREATE VIRTUAL TABLE __harmonylite__fts USING fts5 (body)",
                "INSERT INTO __harmonylite__fts VALUES ('some words')",
                TestDatabase.fill("__harmonylite__person_change_log", "val, state", "'SECRETLOG' || i, 1", 500),
                "INSERT INTO __harmonylite__snapshot_notes VALUES ('SECRETSTREAM', 1)");
        builder().compaction(compaction).build().take();
        Path copy = restored();
        assertThat(TestDatabase.dump(copy)).isEqualTo(before);
        assertThat(new String(Files.readAllBytes(copy), UTF_8)).doesNotContain("SECRETLOG", "SECRETSTREAM");
        assertThat(TestDatabase.value(database, "SELECT count(*) FROM __harmonylite__person_change_log"))
                .as("the live database keeps its tables")
                .isEqualTo("500");
    }

    @Test
    void take_similarNames_areKept() throws Exception {
        TestDatabase.run(
                database,
                "CREATE TABLE xxharmonylitexxlog (x)",
                "CREATE TABLE _harmonylite__log (x)",
                "CREATE TABLE my__harmonylite__log (x)",
                "CREATE TABLE harmonylite (x)",
                "CREATE TABLE harmonylite_snapshots (x)",
                "CREATE TABLE Harmonylite_Snapshot_x (x)",
                "CREATE TRIGGER harmonylite_trigger AFTER INSERT ON harmonylite BEGIN SELECT 1; END",
                "CREATE INDEX xxharmonylitexxindex ON xxharmonylitexxlog (x)",
                "INSERT INTO xxharmonylitexxlog VALUES ('kept')");
        Map<String, List<String>> before = TestDatabase.dump(database);
        builder().build().take();
        assertThat(TestDatabase.dump(restored())).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE TABLE __HarmonyLite__Snapshot_Origin (x)",
                "CREATE TABLE __harmonylite__snapshot_Binding (id, counter)",
                "CREATE TABLE __harmonylite__snapshot_POSITIONS (stream TEXT NOT NULL PRIMARY KEY, sequence INTEGER,"
                        + " time INTEGER, created INTEGER) WITHOUT ROWID",
                "CREATE TABLE __harmonylite__Snapshot_ahead (x)",
                "CREATE TABLE __harmonylite__Snapshot_Quarantine (x)",
                "CREATE TABLE __HARMONYLITE__person_change_log (x)",
                "CREATE VIEW __Harmonylite__v AS SELECT 1",
                "CREATE INDEX __Harmonylite__i ON note (at)"
            })
    void take_reservedNameInAnotherCase_failsAndNamesItAndDropsNothing(String create) throws Exception {
        String name = create.replaceAll("^CREATE \\w+ (\\S+) .*", "$1");
        TestDatabase.run(database, create);
        Map<String, List<String>> before = TestDatabase.dump(database);
        assertThatThrownBy(() -> builder().build().take())
                .isExactlyInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining(name);
        assertThat(store.list("")).isEmpty();
        assertThat(TestDatabase.dump(database)).isEqualTo(before);
    }

    @Test
    void take_reservedNameInAnotherCaseExcluded_succeeds() throws Exception {
        Map<String, List<String>> before = TestDatabase.dump(database);
        TestDatabase.run(
                database,
                "CREATE TABLE __HarmonyLite__Notes (x)",
                "CREATE INDEX __HarmonyLite__index ON __HarmonyLite__Notes (x)");
        builder().excludeTables("__harmonylite__notes").build().take();
        assertThat(TestDatabase.dump(restored())).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Snapshot_Binding (id, counter)", "Snapshot_Origin (x)", "Snapshot_Positions (x)"})
    void recover_usersTableNamedLikeOurs_isRejectedAndKeepsItsRows(String table) throws Exception {
        TestDatabase.run(database, "CREATE TABLE __harmonylite__" + table, "INSERT INTO person (name) VALUES ('x')");
        String users = "__harmonylite__" + table.substring(0, table.indexOf(' '));
        TestDatabase.run(database, "INSERT INTO " + users + " DEFAULT VALUES");
        try (FileSequenceMap map = FileSequenceMap.open(directory.resolve("map"));
                SnapshotManager manager = builder().sequenceMap(map).build()) {
            assertThatThrownBy(manager::take)
                    .isExactlyInstanceOf(SnapshotConfigurationException.class)
                    .hasMessageContaining(users);
        }
        assertThat(TestDatabase.value(database, "SELECT count(*) FROM " + users))
                .isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE VIEW bad AS SELECT * FROM __harmonylite__log",
                "CREATE VIEW bad AS SELECT * FROM main.\"__HarmonyLite__Log\"",
                "CREATE VIEW bad AS SELECT (SELECT count(*) FROM [__harmonylite__log]) AS n",
                "CREATE TRIGGER bad AFTER INSERT ON note BEGIN INSERT INTO `__harmonylite__log` VALUES (1); END",
                "CREATE TABLE bad (x REFERENCES __harmonylite__log (n))"
            })
    void take_userObjectRefersToADroppedTable_failsAndNamesBoth(String dangling) throws Exception {
        TestDatabase.run(database, "CREATE TABLE __harmonylite__log (n)", dangling);
        assertThatThrownBy(() -> builder().build().take())
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("bad")
                .hasMessageContaining("__harmonylite__log");
        assertThat(store.list("")).isEmpty();
        builder().allowDanglingReferences().build().take();
    }

    @Test
    void take_commentNamesADroppedTable_isAccepted() throws Exception {
        TestDatabase.run(
                database,
                "CREATE TABLE __harmonylite__log (n)",
                "CREATE VIEW good AS SELECT 1 /* not __harmonylite__log */ AS n -- nor __harmonylite__log\n");
        builder().build().take();
        assertThat(TestDatabase.value(restored(), "SELECT n FROM good")).isEqualTo("1");
    }

    @Test
    void take_excludedTables_areLeftOut() throws Exception {
        TestDatabase.run(database, "CREATE TABLE session (token TEXT)", "INSERT INTO session VALUES ('SECRETTOKEN')");
        builder().excludeTables("SESSION", "bare").build().take();
        Path copy = restored();
        assertThat(TestDatabase.value(copy, "SELECT count(*) FROM sqlite_schema WHERE name IN ('session', 'bare')"))
                .isEqualTo("0");
        assertThat(new String(Files.readAllBytes(copy), UTF_8)).doesNotContain("SECRETTOKEN");
    }

    @Test
    void take_missingExcludedTable_failsAndNamesIt() {
        assertThatThrownBy(() -> builder().excludeTables("sesion").build().take())
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("sesion");
    }

    @Test
    void take_foreignKeysOn_deletesNoReferencingRows() throws SQLException {
        TestDatabase.run(
                database,
                "CREATE TABLE __harmonylite__parent (id INTEGER PRIMARY KEY)",
                "CREATE TABLE child (p REFERENCES __harmonylite__parent (id) ON DELETE CASCADE)",
                "INSERT INTO __harmonylite__parent VALUES (1)",
                "INSERT INTO child VALUES (1)");
        builder()
                .allowDanglingReferences()
                .connectionCustomizer(connection -> TestDatabase.run(connection, "PRAGMA foreign_keys = ON"))
                .build()
                .take();
        assertThat(TestDatabase.value(restored(), "SELECT count(*) FROM child")).isEqualTo("1");
    }
}
