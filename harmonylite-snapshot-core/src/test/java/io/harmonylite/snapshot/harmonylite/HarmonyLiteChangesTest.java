package io.harmonylite.snapshot.harmonylite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.TestDatabase;
import io.harmonylite.snapshot.exception.PendingChangesException;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pending changes of a HarmonyLite node survive a restore (fault D8). */
class HarmonyLiteChangesTest {

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();

    private SnapshotManager manager(Path database) {
        return SnapshotManager.builder("node", database, store)
                .pendingChanges(HarmonyLiteChanges.create())
                .publishTimeout(Duration.ZERO)
                .build();
    }

    private Path node(String set) throws Exception {
        return Fixtures.copy(set + "/instrumented.db", directory.resolve("node.db"));
    }

    private static void restore(SnapshotManager manager, HarmonyLiteSnapshotSource source) {
        manager.restore(
                HarmonyLiteRestoreRequest.of(source).acceptUnknownPositions().acceptKeylessTables());
    }

    private HarmonyLiteSnapshotFile snapshot(String set) throws Exception {
        return HarmonyLiteSnapshotFile.of(Fixtures.copy(set + "/snapshot.db", directory.resolve("snapshot.db")));
    }

    @ParameterizedTest
    @CsvSource({"one-shard, 3", "three-shards-uncompressed, 3", "tricky, 2", "types, 0"})
    void pending_harmonyLiteDatabases_areCounted(String set, long pending) throws Exception {
        try (Connection connection = TestDatabase.open(node(set))) {
            assertThat(HarmonyLiteChanges.create().count(connection)).isEqualTo(pending);
        }
    }

    /** The restored database contains the node's own rows and the logs from which it still publishes them. */
    @ParameterizedTest
    @ValueSource(strings = {"one-shard", "three-shards-uncompressed"})
    void d08_pendingInsertUpdateAndDelete_surviveRestoreWithTheirLogs(String set) throws Exception {
        Path node = node(set);
        Map<String, List<String>> before = TestDatabase.dump(node);
        try (SnapshotManager manager = manager(node)) {
            restore(manager, snapshot("one-shard"));
        }
        Map<String, List<String>> after = TestDatabase.dump(node);
        assertThat(TestDatabase.rows(node, "SELECT Name FROM Artist WHERE ArtistId = 9001"))
                .containsExactly("'pending insert'");
        assertThat(TestDatabase.value(node, "SELECT Title FROM Album WHERE AlbumId = 1"))
                .isEqualTo("'pending update'");
        assertThat(TestDatabase.value(node, "SELECT count(*) FROM PlaylistTrack WHERE PlaylistId = 18"))
                .isEqualTo("0");
        assertThat(after.get("schema")).isEqualTo(before.get("schema"));
        before.forEach((name, rows) -> {
            if (name.contains("sqlite_sequence")) {
                assertThat(withoutRowids(after.get(name))).isEqualTo(withoutRowids(rows));
            } else if (name.endsWith("_change_log'")) {
                assertThat(after.get(name)).as(name).isEqualTo(pendingOf(rows));
            } else {
                assertThat(after.get(name)).as(name).isEqualTo(rows);
            }
        });
    }

    /** The tables of the old copy belong to this library, although they have HarmonyLite's prefix. */
    @Test
    void d08_nodeRestoredBefore_getsOnlyTheNewOrigin() throws Exception {
        Path node = node("one-shard");
        try (SnapshotManager manager = manager(node)) {
            restore(manager, snapshot("one-shard"));
            String first = TestDatabase.value(node, "SELECT restore_id FROM __harmonylite__snapshot_origin");
            restore(manager, snapshot("one-shard"));
            assertThat(TestDatabase.rows(node, "SELECT restore_id FROM __harmonylite__snapshot_origin"))
                    .hasSize(1)
                    .doesNotContain(first);
            assertThat(TestDatabase.value(node, "SELECT count(*) FROM __harmonylite__Artist_change_log"))
                    .isEqualTo("1");
        }
    }

    /** Returns the counters regardless of their order. */
    private static Set<String> withoutRowids(List<String> rows) {
        return rows.stream().map(row -> row.replaceFirst("^\\d+, ", "")).collect(Collectors.toSet());
    }

    /** Returns the rows whose last column, the state, is 0. */
    private static List<String> pendingOf(List<String> rows) {
        return rows.stream().filter(row -> row.endsWith(", 0")).toList();
    }

    @Test
    void d08_restoredNode_logsNewChangesAfterPendingOnes() throws Exception {
        Path node = node("one-shard");
        try (SnapshotManager manager = manager(node)) {
            restore(manager, snapshot("one-shard"));
        }
        TestDatabase.run(node, "INSERT INTO Artist (ArtistId, Name) VALUES (9002, 'next')");
        assertThat(TestDatabase.rows(node, "SELECT * FROM __harmonylite___change_log_global ORDER BY id"))
                .containsExactly("20, 1, 'Artist'", "21, 1, 'Album'", "22, 1, 'PlaylistTrack'", "23, 2, 'Artist'");
    }

    /** Restores from this library's store: the snapshot is another node's and older than the pending changes. */
    @Test
    void d08_restoreFromStore_keepsPendingChanges() throws Exception {
        Path other = Fixtures.copy("tricky/before.db", directory.resolve("other.db"));
        try (SnapshotManager manager = manager(other)) {
            manager.take();
        }
        Path node = node("tricky");
        try (SnapshotManager manager = manager(node)) {
            manager.restore(RestoreRequest.latest());
        }
        assertThat(TestDatabase.rows(node, "SELECT a, c FROM blobs WHERE a IN (7, 101)"))
                .containsExactly("101, 'pending'");
        assertThat(TestDatabase.rows(node, "SELECT id, state FROM __harmonylite__blobs_change_log"))
                .containsExactly("4, 0", "5, 0");
    }

    @Test
    void take_pendingChanges_fails() throws Exception {
        try (SnapshotManager manager = manager(node("one-shard"))) {
            assertThatThrownBy(manager::take).isInstanceOf(PendingChangesException.class);
        }
        try (SnapshotManager manager = manager(node("types"))) {
            SnapshotInfo taken = manager.take();
            assertThat(taken.pending().isNone()).isTrue();
        }
    }

    /** The order matters: a row is written, deleted and written again, alternating with another table. */
    @Test
    void d08_changesOfOneRow_areReplayedInOrder() throws Exception {
        Path node = node("types");
        TestDatabase.run(
                node,
                "INSERT INTO ck VALUES ('k', 1, 'one')",
                "INSERT INTO np (rowid, a) VALUES (50, 'x')",
                "DELETE FROM ck WHERE k2 = 1",
                "UPDATE np SET a = 'y', b = x'00' WHERE rowid = 50",
                "INSERT INTO ck VALUES ('k', 1, 'two')",
                "DELETE FROM np WHERE rowid = 1",
                "INSERT INTO d (id, x, r, any) VALUES (9, 'a' || char(0) || 'b', 1.5, -7)");
        Map<String, List<String>> before = TestDatabase.dump(node);
        try (SnapshotManager manager = manager(node)) {
            restore(manager, snapshot("types"));
        }
        Map<String, List<String>> after = TestDatabase.dump(node);
        for (String table : List.of("ck", "np", "d", "__harmonylite___change_log_global")) {
            assertThat(after.get("table '" + table + "'")).as(table).isEqualTo(before.get("table '" + table + "'"));
        }
    }

    /**
     * The global log may have fewer or more entries than the tables' logs: all pending changes are kept, and only
     * those.
     */
    @Test
    void d08_inconsistentGlobalLog_losesNoChange() throws Exception {
        Path node = node("types");
        TestDatabase.run(
                node,
                "INSERT INTO ck VALUES ('k', 1, 'unknown to the global log')",
                "INSERT INTO np (rowid, a) VALUES (50, 'known')",
                "DELETE FROM __harmonylite___change_log_global WHERE table_name = 'ck'",
                "INSERT INTO __harmonylite___change_log_global (change_table_id, table_name) VALUES (1, 'np'), (NULL, NULL)",
                "CREATE TABLE __harmonylite__mine_change_log (a)",
                "INSERT INTO __harmonylite__mine_change_log VALUES ('no log')");
        try (SnapshotManager manager = manager(node)) {
            restore(manager, snapshot("types"));
        }
        assertThat(TestDatabase.rows(node, "SELECT v FROM ck WHERE k2 = 1"))
                .containsExactly("'unknown to the global log'");
        assertThat(TestDatabase.rows(node, "SELECT rowid, a FROM np")).containsExactly("1, 'n1'", "50, 'known'");
        assertThat(TestDatabase.rows(node, "SELECT a FROM __harmonylite__mine_change_log"))
                .containsExactly("'no log'");
        assertThat(TestDatabase.value(node, "SELECT count(*) FROM __harmonylite__np_change_log"))
                .as("published rows are not transferred")
                .isEqualTo("1");
    }

    /** The logs also contain what a user's trigger did; it must not be done twice (fault N7). */
    @Test
    void d08_userTriggers_doNotFireDuringReplay() throws Exception {
        Path node = node("tricky");
        TestDatabase.run(node, "INSERT INTO ut VALUES (77, 'seen')");
        assertThat(TestDatabase.value(node, "SELECT count(*) FROM audit WHERE b = 'seen'"))
                .isEqualTo("1");
        try (SnapshotManager manager = manager(node)) {
            manager.restore(HarmonyLiteRestoreRequest.of(snapshot("tricky"))
                    .acceptUnknownPositions()
                    .acceptKeylessTables()
                    .options(RestoreRequest.latest().allowSchemaChange()));
        }
        assertThat(TestDatabase.value(node, "SELECT count(*) FROM audit WHERE b = 'seen'"))
                .isEqualTo("1");
        TestDatabase.run(node, "INSERT INTO ut VALUES (78, 'seen')");
        assertThat(TestDatabase.value(node, "SELECT count(*) FROM audit WHERE b = 'seen'"))
                .as("the trigger is active again")
                .isEqualTo("2");
    }

    private Path assertRestoreStops(Path node, HarmonyLiteSnapshotSource source, String why) throws Exception {
        byte[] before = Files.readAllBytes(node);
        try (SnapshotManager manager = manager(node)) {
            assertThatThrownBy(() -> manager.restore(HarmonyLiteRestoreRequest.of(source)
                            .acceptUnknownPositions()
                            .acceptKeylessTables()
                            .options(RestoreRequest.latest().allowSchemaChange())))
                    .isInstanceOf(PendingChangesException.class)
                    .hasMessageContainingAll(why, "node.db.harmonylite-unpublished.sql");
        }
        assertThat(node).hasBinaryContent(before);
        return directory.resolve("node.db.harmonylite-unpublished.sql");
    }

    @Test
    void d08_incompatibleSchema_stopsAndExportsStatements() throws Exception {
        Path node = node("types");
        Files.setPosixFilePermissions(node, PosixFilePermissions.fromString("rw-------"));
        TestDatabase.run(
                node,
                "INSERT INTO np (rowid, a, b) VALUES (50, 'it''s', x'00ff')",
                "UPDATE ck SET v = 'new'",
                "DELETE FROM d WHERE id = 2",
                "INSERT INTO d (id, x, r, any) VALUES (9, 'a' || char(0) || 'b', 9e999, CAST(x'c328' AS TEXT))");
        Path image = Fixtures.copy("types/snapshot.db", directory.resolve("newer.db"));
        TestDatabase.run(image, "ALTER TABLE np ADD COLUMN c DEFAULT 7", "ALTER TABLE np DROP COLUMN b");
        Path export = assertRestoreStops(node, HarmonyLiteSnapshotFile.of(image), "table np has no column b");
        assertThat(Files.readAllLines(export))
                .containsExactly(
                        "-- insert, entry 5 of __harmonylite__np_change_log",
                        "INSERT INTO \"np\" (\"a\", \"b\", \"rowid\") VALUES ('it''s', x'00ff', 50);",
                        "-- update, entry 5 of __harmonylite__ck_change_log",
                        "UPDATE \"ck\" SET \"k1\" = 'ä', \"k2\" = 7, \"v\" = 'new' WHERE \"k1\" IS 'ä' AND \"k2\" IS 7;",
                        "-- delete, entry 6 of __harmonylite__d_change_log",
                        "DELETE FROM \"d\" WHERE \"id\" IS 2;",
                        "-- insert, entry 7 of __harmonylite__d_change_log",
                        "INSERT INTO \"d\" (\"any\", \"b\", \"bl\", \"da\", \"dec\", \"dt\", \"id\", \"r\", \"ts\", \"x\") VALUES"
                                + " (CAST(x'c328' AS TEXT), null, null, null, null, null, 9, 9e999, null,"
                                + " CAST(x'610062' AS TEXT));");
        Path again = Fixtures.copy("types/snapshot.db", directory.resolve("again.db"));
        List<String> statements = Files.readAllLines(export);
        statements.removeIf(line -> line.startsWith("--"));
        TestDatabase.run(again, statements.toArray(String[]::new));
        assertThat(Files.getPosixFilePermissions(export)).isEqualTo(Files.getPosixFilePermissions(node));
        for (String table : List.of("ck", "np", "d")) {
            assertThat(TestDatabase.dump(again).get("table '" + table + "'"))
                    .isEqualTo(TestDatabase.dump(node).get("table '" + table + "'"));
        }
    }

    @Test
    void d08_violatedConstraintOrInvalidText_stops() throws Exception {
        Path node = node("types");
        TestDatabase.run(node, "INSERT INTO np (rowid, a) VALUES (50, 'n1')");
        Path image = Fixtures.copy("types/snapshot.db", directory.resolve("unique.db"));
        TestDatabase.run(image, "CREATE UNIQUE INDEX one ON np (a)");
        assertRestoreStops(node, HarmonyLiteSnapshotFile.of(image), "violates a constraint");
        TestDatabase.run(node, "UPDATE np SET a = CAST(x'e9' AS TEXT) WHERE rowid = 50");
        assertRestoreStops(node, snapshot("types"), "invalid in the database's encoding");
    }

    /** SQLite pairs a lone surrogate with the next character when it converts the text for a reader. */
    @Test
    void d08_invalidUtf16_stopsAndExportsItsBytes() throws Exception {
        Path node = directory.resolve("node.db");
        TestDatabase.run(
                node,
                "PRAGMA encoding = 'UTF-16le'",
                "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)",
                "CREATE TABLE __harmonylite__t_change_log (id INTEGER PRIMARY KEY, val_id INTEGER, val_v TEXT,"
                        + " type TEXT, created_at INTEGER, state INTEGER)",
                "INSERT INTO __harmonylite__t_change_log VALUES (1, 5, CAST(x'00d84100' AS TEXT), 'insert', 0, 0)");
        Path image = directory.resolve("image.db");
        TestDatabase.run(image, "PRAGMA encoding = 'UTF-16le'", "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)");
        Path export = assertRestoreStops(node, HarmonyLiteSnapshotFile.of(image), "invalid in the database's encoding");
        assertThat(Files.readString(export)).contains("VALUES (5, CAST(x'00d84100' AS TEXT))");
    }

    @Test
    void d08_tableMissing_stopsOnlyIfItHasPendingChanges() throws Exception {
        Path node = node("types");
        Path image = Fixtures.copy("types/snapshot.db", directory.resolve("less.db"));
        TestDatabase.run(image, "DROP TABLE np");
        HarmonyLiteRestoreRequest request = HarmonyLiteRestoreRequest.of(HarmonyLiteSnapshotFile.of(image))
                .acceptUnknownPositions()
                .acceptKeylessTables()
                .options(RestoreRequest.latest().allowSchemaChange());
        byte[] before = Files.readAllBytes(node);
        try (SnapshotManager manager = manager(node)) {
            manager.restore(request);
        }
        assertThat(TestDatabase.rows(node, "SELECT name FROM sqlite_schema WHERE tbl_name = 'np'"))
                .isEmpty();
        TestDatabase.run(node, "INSERT INTO ck VALUES ('works', 1, 'still')");
        Files.write(node, before);
        TestDatabase.run(node, "INSERT INTO np (a) VALUES ('pending')");
        assertRestoreStops(node, HarmonyLiteSnapshotFile.of(image), "no table np");
    }
}
