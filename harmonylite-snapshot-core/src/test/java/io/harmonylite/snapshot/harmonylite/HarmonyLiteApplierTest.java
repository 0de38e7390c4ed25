package io.harmonylite.snapshot.harmonylite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.TestDatabase;
import io.harmonylite.snapshot.exception.ChangeRejectedException;
import io.harmonylite.snapshot.harmonylite.AppliedChange.Result;
import io.harmonylite.snapshot.harmonylite.AppliedChange.Warning;
import io.harmonylite.snapshot.internal.changelog.ReplicatedSchema;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.stream.StreamMessage;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HarmonyLiteApplierTest {

    private static final String ONE = "harmonylite-changes-c-1";
    private static final String PLAIN = "harmonylite-changes-1";

    @TempDir
    Path directory;

    private final HarmonyLiteApplier applier = HarmonyLiteApplier.create();

    private static byte[] message(String set, String stream, long sequence) throws Exception {
        return Fixtures.bytes(set + "/messages/" + stream + "-" + sequence + ".bin");
    }

    /** Creates the tables of the set {@code types}, empty. */
    private Connection types() throws SQLException {
        Connection connection = TestDatabase.open(directory.resolve("types.db"));
        TestDatabase.run(
                connection,
                "CREATE TABLE d(id integer primary key, dt datetime, ts timestamp, da date, b boolean, dec numeric, r real, x"
                        + " text, bl blob, any)",
                "CREATE TABLE np(a text,b blob)",
                "CREATE TABLE ck(k1 text,k2 integer,v text,primary key(k2,k1)) without rowid");
        return connection;
    }

    private List<AppliedChange> applyTypes(Connection connection, long first, long last) throws Exception {
        List<AppliedChange> applied = new ArrayList<>();
        for (long sequence = first; sequence <= last; sequence++) {
            applied.add(applier.apply(
                    connection, StreamMessage.of(ONE, StreamPosition.at(sequence), message("types", ONE, sequence))));
        }
        return applied;
    }

    private static void assertSameTables(Connection found, String fixture, Path scratch, String... tables)
            throws Exception {
        Map<String, List<String>> expected = TestDatabase.dump(Fixtures.copy(fixture, scratch));
        Map<String, List<String>> actual = TestDatabase.dump(found);
        for (String table : tables) {
            assertThat(actual.get("table '" + table + "'")).as(table).isEqualTo(expected.get("table '" + table + "'"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "one-shard, 81bd33c3e12dee05c33333ca460773fe4963956b078963a6a898a501a433f4e9",
        "tricky, 23f6832e1722695554faab283242b9172974c08bf134a8e6abc017209b0a7b28",
        "types, d3f42e83510ff2d8aab9c601f578f84f1565b094a5a297dd86a1e977ef011a5a"
    })
    void schemaHash_harmonyLiteDatabases_matchesHarmonyLite(String set, String hash) throws Exception {
        Path file = Fixtures.copy(set + "/instrumented.db", directory.resolve("node.db"));
        try (Connection connection = TestDatabase.open(file)) {
            assertThat(ReplicatedSchema.of(connection, null).hash().hex()).isEqualTo(hash);
        }
    }

    @Test
    void apply_allMessagesOfStream_endAsInHarmonyLite() throws Exception {
        try (Connection connection = types()) {
            assertThat(applyTypes(connection, 1, 13))
                    .extracting(AppliedChange::result)
                    .containsOnly(Result.APPLIED);
            assertSameTables(connection, "types/snapshot.db", directory.resolve("s.db"), "d", "np", "ck");
            assertThat(TableSequenceMap.create().in(connection).positions())
                    .isEqualTo(Positions.of(ONE, StreamPosition.at(13)));
        }
    }

    @Test
    void apply_messagesTwice_areReportedAsCountedBefore() throws Exception {
        try (Connection connection = types()) {
            applyTypes(connection, 1, 13);
            assertThat(applyTypes(connection, 1, 13))
                    .extracting(AppliedChange::result)
                    .containsOnly(Result.COUNTED_BEFORE);
        }
    }

    @Test
    void applyUncounted_messagesContainedInSnapshot_changeNothing() throws Exception {
        Path file = Fixtures.copy("types/snapshot.db", directory.resolve("node.db"));
        try (Connection connection = TestDatabase.open(file)) {
            for (long sequence = 1; sequence <= 13; sequence++) {
                applier.applyWithoutCounting(
                        connection,
                        StreamMessage.of(ONE, StreamPosition.at(sequence), message("types", ONE, sequence)));
            }
            assertSameTables(connection, "types/snapshot.db", directory.resolve("s.db"), "d", "np", "ck");
        }
    }

    /** Applies every message of the three Chinook clusters to the snapshot that contains its effect. */
    @ParameterizedTest
    @ValueSource(strings = {"one-shard", "three-shards-compressed", "three-shards-uncompressed"})
    void applyUncounted_clusterMessagesContainedInSnapshot_changeNothing(String set) throws Exception {
        Path file = Fixtures.copy("one-shard/snapshot.db", directory.resolve("node.db"));
        Map<String, List<String>> before = TestDatabase.dump(file);
        JsonNode messages = new ObjectMapper().readTree(Fixtures.bytes(set + "/messages/decoded.json"));
        assertThat(messages).isNotEmpty();
        try (Connection connection = TestDatabase.open(file)) {
            for (Map.Entry<String, JsonNode> message : messages.properties()) {
                String stream = message.getValue().get("stream").textValue();
                long sequence = message.getValue().get("seq").longValue();
                byte[] payload = Fixtures.bytes(set + "/messages/" + message.getKey());
                assertThat(applier.applyWithoutCounting(
                                        connection, StreamMessage.of(stream, StreamPosition.at(sequence), payload))
                                .warnings())
                        .as("message %s of %s", sequence, stream)
                        .isEmpty();
            }
            assertThat(TestDatabase.dump(connection)).isEqualTo(before);
        }
    }

    @Test
    void apply_trickySet_endsAsItsSnapshot() throws Exception {
        Path file = Fixtures.copy("tricky/before.db", directory.resolve("node.db"));
        try (Connection connection = TestDatabase.open(file)) {
            String two = "harmonylite-changes-c-2";
            applier.apply(connection, StreamMessage.of(ONE, StreamPosition.at(1), message("tricky", ONE, 1)));
            applier.apply(connection, StreamMessage.of(two, StreamPosition.at(1), message("tricky", two, 1)));
            applier.apply(connection, StreamMessage.of(two, StreamPosition.at(2), message("tricky", two, 2)));
            assertSameTables(connection, "tricky/snapshot.db", directory.resolve("s.db"), "blobs", "plain", "audit");
        }
    }

    @ParameterizedTest
    @CsvSource({"one-shard, harmonylite-changes-c-1, 148", "three-shards-uncompressed, harmonylite-changes-1, 49"})
    void apply_databaseWithHarmonyLiteTriggers_writesNoChangeLog(String set, String stream, long sequence)
            throws Exception {
        Path file = Fixtures.copy(set + "/instrumented.db", directory.resolve("node.db"));
        Map<String, List<String>> before = TestDatabase.dump(file);
        try (Connection connection = TestDatabase.open(file)) {
            AppliedChange applied = applier.applyWithoutCounting(
                    connection, StreamMessage.of(stream, StreamPosition.at(sequence), message(set, stream, sequence)));
            assertThat(applied.result()).isEqualTo(Result.APPLIED);
            assertThat(applied.message().orElseThrow().table()).isEqualTo("Customer");
            assertThat(TestDatabase.dump(connection)).isEqualTo(before);
            TestDatabase.run(connection, "UPDATE Genre SET Name = 'own' WHERE GenreId = 1");
            assertThat(TestDatabase.value(
                            connection, "SELECT count(*) FROM __harmonylite__Genre_change_log WHERE state = 0"))
                    .as("the application's own write is logged again")
                    .isEqualTo("1");
        }
    }

    @Test
    void apply_whileAStatementIsActive_failsAndTheHostsNextWriteIsLogged() throws Exception {
        String set = "one-shard";
        Path file = Fixtures.copy(set + "/instrumented.db", directory.resolve("node.db"));
        StreamMessage message = StreamMessage.of(ONE, StreamPosition.at(148), message(set, ONE, 148));
        String logged = "SELECT count(*) FROM __harmonylite__Genre_change_log WHERE state = 0";
        Map<String, List<String>> before = TestDatabase.dump(file);
        try (Connection connection = TestDatabase.open(file);
                Statement statement = connection.createStatement()) {
            for (int time = 1; time <= 2; time++) {
                try (ResultSet open = statement.executeQuery("SELECT * FROM Genre")) {
                    assertThat(open.next()).isTrue();
                    assertThatThrownBy(() -> applier.applyWithoutCounting(connection, message))
                            .isInstanceOf(SQLException.class)
                            .hasMessageContaining("a statement is active");
                }
            }
            assertThat(TestDatabase.dump(connection)).isEqualTo(before);
            TestDatabase.run(connection, "UPDATE Genre SET Name = 'own' WHERE GenreId = 1");
            assertThat(TestDatabase.value(connection, logged)).isEqualTo("1");
            assertThat(applier.applyWithoutCounting(connection, message).result())
                    .isEqualTo(Result.APPLIED);
            TestDatabase.run(connection, "UPDATE Genre SET Name = 'own' WHERE GenreId = 2");
            assertThat(TestDatabase.value(connection, logged)).isEqualTo("2");
        }
    }

    @Test
    void apply_ownMessage_isCountedAndChangesNothing() throws Exception {
        HarmonyLiteApplier own = HarmonyLiteApplier.builder().ownNode(1).build();
        try (Connection connection = types()) {
            AppliedChange applied =
                    own.apply(connection, StreamMessage.of(ONE, StreamPosition.at(1), message("types", ONE, 1)));
            assertThat(applied.result()).isEqualTo(Result.OWN);
            assertThat(TestDatabase.value(connection, "SELECT count(*) FROM d")).isEqualTo("0");
            assertThat(TableSequenceMap.create().in(connection).positions())
                    .isEqualTo(Positions.of(ONE, StreamPosition.at(1)));
        }
    }

    /** The message does not contain the application's value; each such message is reported (fault N4). */
    @Test
    void n04_datesTimesAndBooleans_areReportedAsRewritten() throws Exception {
        try (Connection connection = types()) {
            List<AppliedChange> applied = applyTypes(connection, 1, 13);
            assertThat(applied.subList(0, 4))
                    .allSatisfy(change -> assertThat(change.warnings()).contains(Warning.VALUES_REWRITTEN));
            assertThat(applied.subList(4, 13))
                    .allSatisfy(change -> assertThat(change.warnings()).doesNotContain(Warning.VALUES_REWRITTEN));
        }
    }

    /**
     * With its own node id, a node applies no own message again, so that no trigger fires twice (fault N7). Triggers do
     * fire for other nodes' messages.
     */
    @Test
    void n07_userTrigger_doesNotFireAgainForOwnMessages() throws Exception {
        try (Connection connection = types()) {
            TestDatabase.run(
                    connection,
                    "CREATE TABLE fired (id)",
                    "CREATE TRIGGER user_trigger AFTER INSERT ON d BEGIN INSERT INTO fired VALUES (NEW.id); END");
            byte[] message = message("types", ONE, 1);
            HarmonyLiteApplier.builder()
                    .ownNode(1)
                    .build()
                    .apply(connection, StreamMessage.of(ONE, StreamPosition.at(1), message));
            assertThat(TestDatabase.value(connection, "SELECT count(*) FROM fired"))
                    .isEqualTo("0");
            applier.applyWithoutCounting(connection, StreamMessage.of(ONE, StreamPosition.at(1), message));
            assertThat(TestDatabase.value(connection, "SELECT count(*) FROM fired"))
                    .isEqualTo("1");
        }
    }

    /**
     * The old row returns on every node, because no message says that it was deleted; the update is reported (fault
     * N11).
     */
    @Test
    void n11_keyUpdatedThenDeleted_isReported() throws Exception {
        try (Connection connection = types()) {
            List<AppliedChange> applied = applyTypes(connection, 1, 13);
            assertThat(applied.get(11).warnings()).containsExactly(Warning.UPDATED_ROW_MISSING);
            assertThat(applied.get(10).warnings()).isEmpty();
            assertThat(TestDatabase.rows(connection, "SELECT * FROM ck")).containsExactly("'ä', 7, null");
        }
    }

    private void assertRejected(Connection connection, long sequence, byte[] payload, String... why) throws Exception {
        Map<String, List<String>> before = TestDatabase.dump(connection);
        assertThatThrownBy(
                        () -> applier.apply(connection, StreamMessage.of(PLAIN, StreamPosition.at(sequence), payload)))
                .isInstanceOfSatisfying(ChangeRejectedException.class, e -> {
                    assertThat(e.stream()).isEqualTo(PLAIN);
                    assertThat(e.sequence()).isEqualTo(sequence);
                })
                .hasMessageContainingAll(why);
        assertThat(TestDatabase.dump(connection)).isEqualTo(before);
    }

    @Test
    void n05_unknownTableOrColumn_isRejectedAndKeepsPosition() throws Exception {
        try (Connection connection = types()) {
            TestDatabase.run(connection, "CREATE TABLE __harmonylite__np_change_log (a)");
            assertRejected(connection, 1, Messages.insert("nope", "a", 1L), "no table nope");
            assertRejected(connection, 1, Messages.insert("sqlite_schema", "a", 1L), "no table sqlite_schema");
            assertRejected(connection, 1, Messages.insert("__harmonylite__np_change_log", "a", 1L), "no table");
            assertRejected(connection, 1, Messages.insert("np", "a", 1L, "c", 1L), "no column c");
            assertRejected(connection, 1, new byte[] {(byte) 0xa1}, "too early");
            AppliedChange next = applier.apply(
                    connection,
                    StreamMessage.of(
                            PLAIN, StreamPosition.at(1), Messages.insert("np", "a", "x", "b", null, "rowid", 5L)));
            assertThat(next.result()).isEqualTo(Result.APPLIED);
            assertThat(TestDatabase.rows(connection, "SELECT rowid, * FROM np")).containsExactly("5, 'x', null");
        }
    }

    /** Older HarmonyLite nodes panic on a newer writer and set new columns to NULL for an older one (fault N6). */
    @Test
    void n06_schemaChanged_isRejectedAndKeepsPosition() throws Exception {
        try (Connection connection = types()) {
            applyTypes(connection, 1, 5);
            TestDatabase.run(connection, "ALTER TABLE np ADD COLUMN c");
            assertRejected(connection, 1, Messages.insert("np", "a", "x", "b", null, "rowid", 5L), "lacks column c");
            TestDatabase.run(connection, "ALTER TABLE np DROP COLUMN c", "ALTER TABLE ck ADD COLUMN w");
            byte[] other = message("types", ONE, 6);
            assertThatThrownBy(() -> applier.apply(connection, StreamMessage.of(ONE, StreamPosition.at(6), other)))
                    .isInstanceOf(ChangeRejectedException.class)
                    .hasMessageContaining("the writer lacks column w of table ck");
            assertThat(TableSequenceMap.create().in(connection).positions().of(ONE))
                    .contains(StreamPosition.at(5));
            HarmonyLiteApplier columns =
                    HarmonyLiteApplier.builder().compareColumnsOnly().build();
            assertThat(columns.apply(connection, StreamMessage.of(ONE, StreamPosition.at(6), other))
                            .result())
                    .isEqualTo(Result.APPLIED);
        }
    }

    /** A restore may replace the file under an applier, and SQLite counts schema changes separately in each file. */
    @Test
    void apply_otherFileWithSameSchemaVersion_readsSchemaAgain() throws Exception {
        byte[] payload = Messages.insert("t", "k", 1L, "v", 1L);
        try (Connection one = TestDatabase.open(directory.resolve("one.db"));
                Connection other = TestDatabase.open(directory.resolve("other.db"))) {
            TestDatabase.run(one, "CREATE TABLE t (k INTEGER PRIMARY KEY, v)");
            TestDatabase.run(other, "CREATE TABLE t (k INTEGER PRIMARY KEY, v, w)");
            String version = "PRAGMA schema_version";
            assertThat(TestDatabase.value(one, version)).isEqualTo(TestDatabase.value(other, version));
            applier.applyWithoutCounting(one, StreamMessage.of(PLAIN, StreamPosition.at(1), payload));
            assertThatThrownBy(() ->
                            applier.applyWithoutCounting(other, StreamMessage.of(PLAIN, StreamPosition.at(1), payload)))
                    .isInstanceOf(ChangeRejectedException.class)
                    .hasMessageContaining("lacks column w");
        }
    }

    /** The hash of the writer's schema covers all of its tables, also those that the message does not concern. */
    @Test
    void apply_tablesOfTheHostAlone_makeNoDifference() throws Exception {
        try (Connection connection = types()) {
            TestDatabase.run(
                    connection,
                    "CREATE TABLE aaa_outbox (id INTEGER PRIMARY KEY, body TEXT)",
                    "CREATE TABLE e_cache (k TEXT PRIMARY KEY, v BLOB) WITHOUT ROWID",
                    "CREATE TABLE zzz (x)");
            assertThat(applyTypes(connection, 1, 13))
                    .extracting(AppliedChange::result)
                    .containsOnly(Result.APPLIED);
            assertSameTables(connection, "types/snapshot.db", directory.resolve("s.db"), "d", "np", "ck");
        }
    }

    @Test
    void apply_writerHasWhatThisDatabaseLacks_saysWhichSide() throws Exception {
        byte[] message = message("types", ONE, 6);
        StreamMessage sixth = StreamMessage.of(ONE, StreamPosition.at(6), message);
        try (Connection connection = types()) {
            TestDatabase.run(connection, "DROP TABLE ck");
            assertThatThrownBy(() -> applier.applyWithoutCounting(connection, sixth))
                    .isInstanceOf(ChangeRejectedException.class)
                    .hasMessageContaining("the writer has a table or column that this database lacks");
        }
    }

    @Test
    void apply_constraintViolated_keepsHostTransaction() throws Exception {
        try (Connection connection = TestDatabase.open(directory.resolve("check.db"))) {
            TestDatabase.run(connection, "CREATE TABLE u (id INTEGER PRIMARY KEY, v TEXT CHECK (v <> 'a'))");
            connection.setAutoCommit(false);
            TestDatabase.run(connection, "INSERT INTO u VALUES (7, 'host')");
            byte[] payload = Messages.insert("u", "id", 2L, "v", "a");
            assertThatThrownBy(() -> applier.apply(connection, StreamMessage.of(PLAIN, StreamPosition.at(1), payload)))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("CHECK");
            connection.commit();
            connection.setAutoCommit(true);
            assertThat(TestDatabase.rows(connection, "SELECT * FROM u")).containsExactly("7, 'host'");
            assertThat(TableSequenceMap.create().in(connection).positions()).isEqualTo(Positions.none());
        }
    }

    private enum Calls {
        COUNTED,
        UNCOUNTED
    }

    /** A transaction that has read before it writes fails at once if another connection has written. */
    @ParameterizedTest
    @EnumSource(Calls.class)
    void apply_otherConnectionWrites_waitsForTheLock(Calls calls) throws Exception {
        Path file = directory.resolve("busy.db");
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService writer = Executors.newSingleThreadExecutor();
        try (Connection connection = busy(file)) {
            TestDatabase.run(connection, "CREATE TABLE t (id INTEGER PRIMARY KEY)", "CREATE TABLE other (x)");
            Future<Integer> written = writer.submit(() -> {
                try (Connection other = busy(file)) {
                    int rows = 0;
                    while (!done.get()) {
                        TestDatabase.run(other, "INSERT INTO other VALUES (1)");
                        rows++;
                    }
                    return rows;
                }
            });
            try {
                for (long id = 1; id <= 200; id++) {
                    StreamMessage message =
                            StreamMessage.of(PLAIN, StreamPosition.at(id), Messages.insert("t", "id", id));
                    if (calls == Calls.COUNTED) {
                        applier.apply(connection, message);
                    } else {
                        applier.applyWithoutCounting(connection, message);
                    }
                }
            } finally {
                done.set(true);
            }
            assertThat(written.get()).isPositive();
            assertThat(TestDatabase.value(connection, "SELECT count(*) FROM t")).isEqualTo("200");
        } finally {
            writer.shutdownNow();
        }
    }

    private static Connection busy(Path file) throws SQLException {
        Connection connection = TestDatabase.open(file);
        TestDatabase.run(connection, "PRAGMA journal_mode = WAL", "PRAGMA busy_timeout = 60000");
        TestDatabase.withoutSyncs(connection);
        return connection;
    }

    @Test
    void applyAll_severalMessages_areCountedAsOneOrNot() throws Exception {
        List<StreamMessage> messages = new ArrayList<>();
        for (long sequence = 1; sequence <= 13; sequence++) {
            messages.add(StreamMessage.of(ONE, StreamPosition.at(sequence), message("types", ONE, sequence)));
        }
        List<StreamMessage> damaged = new ArrayList<>(messages);
        damaged.set(12, StreamMessage.of(ONE, StreamPosition.at(13), new byte[] {1}));
        try (Connection connection = types()) {
            applier.apply(connection, messages.get(0));
            assertThatThrownBy(() -> applier.applyAll(connection, damaged))
                    .isInstanceOfSatisfying(
                            ChangeRejectedException.class,
                            e -> assertThat(e.sequence()).isEqualTo(13));
            assertThat(TableSequenceMap.create().in(connection).positions())
                    .isEqualTo(Positions.of(ONE, StreamPosition.at(1)));
            connection.setAutoCommit(false);
            assertThat(applier.applyAll(connection, messages))
                    .extracting(AppliedChange::result)
                    .startsWith(Result.COUNTED_BEFORE, Result.APPLIED)
                    .endsWith(Result.APPLIED)
                    .hasSize(13);
            connection.commit();
            assertSameTables(connection, "types/snapshot.db", directory.resolve("s.db"), "d", "np", "ck");
            assertThat(TableSequenceMap.create().in(connection).positions())
                    .isEqualTo(Positions.of(ONE, StreamPosition.at(13)));
        }
    }

    @Test
    void apply_hostRollsBack_revertsChangeAndPosition() throws Exception {
        try (Connection connection = types()) {
            connection.setAutoCommit(false);
            applier.apply(connection, StreamMessage.of(ONE, StreamPosition.at(1), message("types", ONE, 1)));
            connection.rollback();
            connection.setAutoCommit(true);
            assertThat(TestDatabase.value(connection, "SELECT count(*) FROM d")).isEqualTo("0");
            assertThat(applier.apply(connection, StreamMessage.of(ONE, StreamPosition.at(1), message("types", ONE, 1)))
                            .result())
                    .isEqualTo(Result.APPLIED);
        }
    }

    @Test
    void apply_keysOfEveryKind_matchTheirRow() throws Exception {
        try (Connection connection = TestDatabase.open(directory.resolve("keys.db"))) {
            TestDatabase.run(
                    connection,
                    "CREATE TABLE \"t x\" (k TEXT PRIMARY KEY COLLATE NOCASE, v, g AS (v || 'g'))",
                    "CREATE TABLE only (a INT, b INT, PRIMARY KEY (a, b))");
            long sequence = 1;
            for (byte[] payload : new byte[][] {
                Messages.insert("t x", "k", null, "v", 1L),
                Messages.insert("t x", "k", null, "v", 2L),
                Messages.insert("t x", "k", "A", "v", 3L),
                Messages.insert("t x", "k", "a", "v", 4L),
                Messages.insert("only", "a", 1L, "b", 2L),
                Messages.insert("only", "a", 1L, "b", 2L),
                Messages.insert("only", "a", 1L, "b", 3L),
                Messages.change("delete", "only", "a", 1L, "b", 3L),
                Messages.change("delete", "only", "a", 1L, "b", 4L)
            }) {
                applier.apply(connection, StreamMessage.of(PLAIN, StreamPosition.at(sequence++), payload));
            }
            assertThat(TestDatabase.rows(connection, "SELECT * FROM \"t x\""))
                    .containsExactly("null, 2, '2g'", "'a', 4, '4g'");
            assertThat(TestDatabase.rows(connection, "SELECT * FROM only")).containsExactly("1, 2");
        }
    }
}
