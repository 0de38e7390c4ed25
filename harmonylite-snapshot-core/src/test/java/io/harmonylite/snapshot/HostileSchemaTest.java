package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.change.OutboxTable;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteRestoreRequest;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotFile;
import io.harmonylite.snapshot.internal.sqlite.SqliteConnector;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sqlite.Function;

/**
 * Shows that the schema of a fetched image runs nothing of the host. An attacker stores snapshots whose schemas call the
 * function {@code effect}, which the host registers for its own use, wherever SQLite evaluates an expression.
 */
class HostileSchemaTest {

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();
    private final AtomicInteger effects = new AtomicInteger();
    private Path database;
    private Path forged;

    @BeforeEach
    void createDatabases() throws Exception {
        database = directory.resolve("orders.db");
        forged = directory.resolve("forged.db");
        TestDatabase.run(
                database,
                "CREATE TABLE t (id INTEGER PRIMARY KEY, x)",
                TestDatabase.fill("t", "x", "'row ' || i", 100),
                "CREATE TABLE outbox (id INTEGER PRIMARY KEY, x)",
                "INSERT INTO outbox VALUES (1, 'pending')");
    }

    /** Registers the function. A program may query a connection before that, which loads the schema. */
    private static ConnectionCustomizer registering(AtomicInteger calls) {
        Function effect = new Function() {
            @Override
            protected void xFunc() throws SQLException {
                calls.incrementAndGet();
                result(1);
            }
        };
        return connection -> {
            TestDatabase.rows(connection, "SELECT file FROM pragma_database_list");
            Function.create(connection, "effect", effect, -1, Function.FLAG_DETERMINISTIC);
        };
    }

    private SnapshotManager.Builder builder(Path file, AtomicInteger calls) {
        return SnapshotManager.builder("orders", file, store)
                .compaction(Compaction.NEVER)
                .connectionCustomizer(registering(calls));
    }

    private SnapshotManager manager(Path file, AtomicInteger calls) {
        return builder(file, calls)
                .pendingChanges(OutboxTable.of(
                        "outbox", (staged, change) -> TestDatabase.run(staged, "INSERT INTO t (x) VALUES ('pending')")))
                .build();
    }

    static Stream<Arguments> schemas() {
        String t = "CREATE TABLE t (id INTEGER PRIMARY KEY, x)";
        String insert = "INSERT INTO t (x) VALUES (1)";
        return Stream.of(
                Arguments.of("CHECK", of("CREATE TABLE t (id INTEGER PRIMARY KEY, x CHECK (effect(x)))", insert)),
                Arguments.of("DEFAULT", of("CREATE TABLE t (id INTEGER PRIMARY KEY, x, y DEFAULT (effect()))", insert)),
                Arguments.of("generated", of("CREATE TABLE t (id INTEGER PRIMARY KEY, x, y AS (effect(x)))", insert)),
                Arguments.of(
                        "generated and stored",
                        of("CREATE TABLE t (id INTEGER PRIMARY KEY, x, y AS (effect(x)) STORED)", insert)),
                Arguments.of(
                        "generated and unique",
                        of("CREATE TABLE t (id INTEGER PRIMARY KEY, x, y AS (effect(x)) UNIQUE)", insert)),
                Arguments.of("index on expression", of(t, insert, "CREATE INDEX i ON t (effect(x))")),
                Arguments.of("partial index", of(t, insert, "CREATE INDEX i ON t (x) WHERE effect(x)")),
                Arguments.of(
                        "triggers",
                        of(t, insert, trigger("INSERT", "t"), trigger("UPDATE", "t"), trigger("DELETE", "t"))),
                Arguments.of(
                        "trigger of the outbox",
                        of(t, insert, "CREATE TABLE outbox (id, x)", trigger("INSERT", "outbox"))),
                Arguments.of(
                        "trigger of the library's table",
                        of(
                                t,
                                "CREATE TABLE __harmonylite__snapshot_quarantine (table_name, key, row, stream, sequence,"
                                        + " PRIMARY KEY (table_name, key))",
                                trigger("DELETE", "__harmonylite__snapshot_quarantine"),
                                "INSERT INTO __harmonylite__snapshot_quarantine VALUES ('t', '1', '', '', 1)")),
                Arguments.of(
                        "view in place of the library's table",
                        of(
                                t,
                                "CREATE VIEW __harmonylite__snapshot_quarantine AS SELECT effect() AS table_name,"
                                        + " effect() AS key, 1 AS row, 1 AS stream, 1 AS sequence")),
                Arguments.of("view in place of a table", of("CREATE VIEW t AS SELECT effect() AS id, effect() AS x")),
                Arguments.of("trigger of a view", of("CREATE VIEW t AS SELECT 1 AS id, effect() AS x", instead("t"))),
                Arguments.of(
                        "full-text index of a view",
                        of(
                                t,
                                "CREATE VIEW v AS SELECT 1 AS id, effect() AS x",
                                "CREATE VIRTUAL TABLE f USING fts5(x, content = 'v', content_rowid = 'id')")),
                Arguments.of(
                        "unknown module",
                        of(
                                t,
                                "PRAGMA writable_schema = ON",
                                "INSERT INTO sqlite_schema VALUES ('table', 'v', 'v', 0,"
                                        + " 'CREATE VIRTUAL TABLE v USING effect(x)')")),
                Arguments.of(
                        "trigger that loads a library",
                        of(t, "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT load_extension('x'), effect(); END")),
                Arguments.of(
                        "value of 200 MB",
                        of(
                                "PRAGMA ignore_check_constraints = ON",
                                "CREATE TABLE t (id INTEGER PRIMARY KEY, x CHECK (hex(randomblob(100000000)) > x))",
                                insert)),
                Arguments.of(
                        "views of views",
                        of(Stream.concat(
                                        Stream.of(t, view(0)),
                                        Stream.iterate(1, i -> i < 40, i -> i + 1)
                                                .map(HostileSchemaTest::view))
                                .toArray(String[]::new))));
    }

    private static String[] of(String... statements) {
        return statements;
    }

    private static String trigger(String event, String table) {
        return "CREATE TRIGGER g_" + event + " AFTER " + event + " ON " + table + " BEGIN SELECT effect(); END";
    }

    private static String instead(String view) {
        return "CREATE TRIGGER g INSTEAD OF INSERT ON " + view + " BEGIN SELECT effect(); END";
    }

    private static String view(int number) {
        return "CREATE VIEW v" + number + " AS SELECT "
                + (number == 0
                        ? "effect() AS x"
                        : "* FROM v" + (number - 1) + " UNION ALL SELECT * FROM v" + (number - 1));
    }

    /** Stores a snapshot of a database with this schema. */
    private SnapshotId forge(String... schema) throws Exception {
        try (Connection connection = TestDatabase.open(forged)) {
            registering(new AtomicInteger()).customize(connection);
            TestDatabase.run(connection, schema);
        }
        return builder(forged, new AtomicInteger()).build().take().id();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("schemas")
    void anyOperation_forgedSchema_runsNothing(String what, String[] schema) throws Exception {
        SnapshotId id = forge(schema);
        SnapshotManager manager = manager(database, effects);
        attempt(() -> manager.verify(id, VerifyDepth.REBUILD));
        attempt(manager::drill);
        RestoreRequest request = RestoreRequest.of(id).allowSchemaChange().pendingChanges(PendingChangePolicy.TRANSFER);
        attempt(() -> manager.restore(request.online(WriteBarrier.noWriters()).forceCheck()));
        attempt(() -> manager.restore(request));
        attempt(manager::health);
        assertThat(effects).as(what).hasValue(0);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("schemas")
    void harmonyLite_forgedSchema_runsNothing(String what, String[] schema) throws Exception {
        forge(schema);
        SnapshotManager manager = manager(database, effects);
        HarmonyLiteSnapshotFile file = HarmonyLiteSnapshotFile.of(forged);
        attempt(() -> SnapshotRepository.builder("orders", store)
                .scratchDirectory(directory)
                .connectionCustomizer(registering(effects))
                .build()
                .verify(file));
        attempt(() -> manager.restore(HarmonyLiteRestoreRequest.of(file)
                .acceptUnknownPositions()
                .acceptKeylessTables()
                .options(RestoreRequest.latest().allowSchemaChange())));
        assertThat(effects).as(what).hasValue(0);
    }

    /** Runs an operation, which may reject the image, but then leaves the database as it was. */
    private void attempt(Runnable operation) throws Exception {
        byte[] before = Files.readAllBytes(database);
        try {
            operation.run();
        } catch (SnapshotException e) {
            assertThat(Files.readAllBytes(database)).isEqualTo(before);
        }
    }

    /** Shows that the function is called if nothing prevents it: by the same check in a take, which trusts the database. */
    @Test
    void take_schemaOfTheHost_callsItsFunctions() throws Exception {
        forge("CREATE TABLE t (x CHECK (effect(x)))", "INSERT INTO t VALUES (1)");
        builder(forged, effects).build().take();
        assertThat(effects.get()).isPositive();
    }

    @Test
    void verify_unsafeFunction_namesTheTable() throws Exception {
        SnapshotId id = forge("CREATE TABLE t (x CHECK (effect(x)))", "INSERT INTO t VALUES (1)");
        VerifyReport report = manager(database, effects).verify(id, VerifyDepth.REBUILD);
        assertThat(report.isSound()).isTrue();
        assertThat(report.unchecked()).containsExactly("t (unsafe use of effect())");
    }

    @Test
    void verify_valueLongerThanTheLimit_namesTheTable() throws Exception {
        SnapshotId id = forge(
                "PRAGMA ignore_check_constraints = ON",
                "CREATE TABLE t (x CHECK (hex(randomblob(100000000)) > x))",
                "INSERT INTO t VALUES (1)");
        VerifyReport report = manager(database, effects).verify(id, VerifyDepth.REBUILD);
        assertThat(report.unchecked()).containsExactly("t (string or blob too big)");
    }

    @Test
    void untrusting_anyFile_hasTheRestrictions() throws Exception {
        SqliteConnector connector =
                new SqliteConnector(ConnectionCustomizer.none(), Duration.ofSeconds(1)).untrusting();
        try (Connection connection = connector.open(database)) {
            Map.of("trusted_schema", "0", "cell_size_check", "1", "mmap_size", "0")
                    .forEach((pragma, value) -> {
                        try {
                            assertThat(TestDatabase.value(connection, "PRAGMA " + pragma))
                                    .isEqualTo(value);
                        } catch (SQLException e) {
                            throw new AssertionError(e);
                        }
                    });
            assertThatThrownBy(() -> TestDatabase.value(connection, "SELECT load_extension('x')"))
                    .hasMessageContaining("not authorized");
            assertThatThrownBy(() -> TestDatabase.value(connection, "SELECT length(randomblob(100000000))"))
                    .hasMessageContaining("too big");
        }
    }
}
