package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.harmonylite.snapshot.exception.SchemaMismatchException;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An image with an older schema than the live database is rejected, unless the host allows it. */
class SchemaGuardTest {

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();
    private Path database;
    private Map<String, List<String>> image;

    @BeforeEach
    void take() throws Exception {
        database = TestDatabase.create(directory.resolve("orders.db"), "PRAGMA journal_mode = WAL");
        builder().build().take();
        image = TestDatabase.dump(database);
    }

    private SnapshotManager.Builder builder() {
        return SnapshotManager.builder("orders", database, store);
    }

    static Stream<Arguments> migrations() {
        return Stream.of(
                Arguments.of("PRAGMA user_version = 43", List.of("its user_version is 42, the database's is 43")),
                Arguments.of("CREATE TABLE More (x)", List.of("table more is missing")),
                Arguments.of("ALTER TABLE note ADD COLUMN extra", List.of("column extra of table note is missing")),
                Arguments.of(
                        "ALTER TABLE note ADD COLUMN twice AS (at * 2)",
                        List.of("column twice of table note is missing")),
                Arguments.of("CREATE INDEX note_at ON note (at)", List.of("index note_at of table note is missing")),
                Arguments.of("ALTER TABLE bare RENAME TO full", List.of("table full is missing")),
                Arguments.of(
                        "DROP TABLE bare; CREATE TABLE bare (x UNIQUE)",
                        List.of("a UNIQUE or PRIMARY KEY constraint of table bare is missing")),
                Arguments.of(
                        "CREATE VIRTUAL TABLE place USING rtree (id, low, high)",
                        List.of(
                                "table place is missing",
                                "table place_node is missing",
                                "table place_parent is missing",
                                "table place_rowid is missing")),
                Arguments.of(
                        "PRAGMA user_version = 50; CREATE TABLE a (x); CREATE INDEX i ON bare (x)",
                        List.of(
                                "its user_version is 42, the database's is 50",
                                "table a is missing",
                                "index i of table bare is missing")));
    }

    @ParameterizedTest
    @MethodSource("migrations")
    void d37_snapshotWithAnOlderSchema_isRejectedWithTheDifferencesUnlessAllowed(
            String migration, List<String> differences) throws Exception {
        TestDatabase.run(database, migration.split("; "));
        byte[] old = Files.readAllBytes(database);
        SchemaMismatchException rejected = catchThrowableOfType(
                SchemaMismatchException.class, () -> builder().build().restore(RestoreRequest.latest()));
        assertThat(rejected.differences()).isEqualTo(differences);
        assertThat(rejected).hasMessageContaining(database.toString()).hasMessageContaining(differences.get(0));
        assertThat(rejected.stage()).contains(Stage.VERIFY);
        assertThat(database).hasBinaryContent(old);
        builder().build().restore(RestoreRequest.latest().allowSchemaChange());
        assertThat(TestDatabase.dump(database)).isEqualTo(image);
    }

    @Test
    void restore_onlineOlderSchema_isRejectedUnlessAllowed() throws Exception {
        TestDatabase.run(database, "ALTER TABLE note ADD COLUMN extra");
        RestoreRequest request = RestoreRequest.latest().online(WriteBarrier.noWriters());
        assertThatThrownBy(() -> builder().build().restore(request)).isInstanceOf(SchemaMismatchException.class);
        builder().build().restore(request.allowSchemaChange());
        assertThat(TestDatabase.dump(database)).isEqualTo(image);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DROP TABLE bare",
                "DROP INDEX note_by_length",
                "ALTER TABLE note DROP COLUMN at",
                "PRAGMA user_version = 41",
                "DROP VIEW elders",
                "CREATE VIEW young AS SELECT 1",
                "DROP TABLE bare; CREATE TABLE BARE (X)",
                "DROP INDEX note_by_length; CREATE INDEX NOTE_BY_LENGTH ON NOTE (length(text))",
                "ANALYZE",
                "CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT); DROP TABLE counted",
                "CREATE TABLE __harmonylite__log (n UNIQUE); CREATE INDEX log_n ON __harmonylite__log (n)",
                "CREATE TABLE __harmonylite__snapshot_positions (stream TEXT PRIMARY KEY) WITHOUT ROWID",
                "CREATE INDEX __harmonylite__i ON note (at)"
            })
    void restore_imageHasTheRequiredSchema_succeeds(String change) throws Exception {
        TestDatabase.run(database, change.split("; "));
        builder().build().restore(RestoreRequest.latest());
        assertThat(TestDatabase.dump(database)).isEqualTo(image);
    }

    @Test
    void restore_tablesWithSimilarNames_areRequired() throws Exception {
        TestDatabase.run(database, "CREATE TABLE xxharmonylite__t (x)", "CREATE TABLE sqliteXdata (x)");
        assertThatThrownBy(() -> builder().build().restore(RestoreRequest.latest()))
                .hasMessageContainingAll("table xxharmonylite__t is missing", "table sqlitexdata is missing");
    }

    @Test
    void restore_manyDifferences_areAllListedInAShortMessage() throws Exception {
        List<String> tables = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            tables.add("CREATE TABLE t" + i + " (x)");
        }
        TestDatabase.run(database, tables.toArray(String[]::new));
        SchemaMismatchException rejected = catchThrowableOfType(
                SchemaMismatchException.class, () -> builder().build().restore(RestoreRequest.latest()));
        assertThat(rejected.differences()).hasSize(30);
        assertThat(rejected).hasMessageContaining("and 20 more");
    }

    @Test
    void restore_editMigratesTheImage_succeeds() throws Exception {
        TestDatabase.run(database, "ALTER TABLE note ADD COLUMN extra", "PRAGMA user_version = 43");
        StagedEdit migration = staged ->
                TestDatabase.run(staged, "ALTER TABLE note ADD COLUMN extra DEFAULT 7", "PRAGMA user_version = 43");
        builder().build().restore(RestoreRequest.latest().editStaged(migration));
        assertThat(TestDatabase.value(database, "SELECT count(*) FROM note WHERE extra = 7"))
                .isNotEqualTo("0");
    }

    @Test
    void restore_editMigratesHalf_isRejected() throws Exception {
        TestDatabase.run(database, "ALTER TABLE note ADD COLUMN extra", "PRAGMA user_version = 43");
        StagedEdit migration = staged -> TestDatabase.run(staged, "PRAGMA user_version = 43");
        assertThatThrownBy(
                        () -> builder().build().restore(RestoreRequest.latest().editStaged(migration)))
                .isInstanceOf(SchemaMismatchException.class)
                .hasMessageContaining("column extra");
        assertThat(TestDatabase.value(database, "SELECT count(*) FROM note WHERE extra IS NULL"))
                .isNotEqualTo("0");
    }

    @Test
    void restore_excludedTables_areNotRequired() throws Exception {
        TestDatabase.run(database, "CREATE TABLE Session (token UNIQUE)", "CREATE INDEX s ON session (token)");
        builder().excludeTables("session").build().restore(RestoreRequest.latest());
        assertThat(TestDatabase.dump(database)).isEqualTo(image);
    }
}
