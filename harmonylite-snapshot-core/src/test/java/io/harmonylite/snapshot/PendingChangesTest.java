package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.Replica.Kind;
import io.harmonylite.snapshot.change.OutboxRow;
import io.harmonylite.snapshot.change.OutboxTable;
import io.harmonylite.snapshot.change.PendingChanges;
import io.harmonylite.snapshot.exception.PendingChangesException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.harmonylite.snapshot.testing.InMemoryStreams;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Checks that no take misses changes that are not yet published, and that no restore loses them. */
class PendingChangesTest {

    private static final String STREAM = "changes";

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();
    private final InMemoryStreams streams = InMemoryStreams.unlimited(STREAM);
    private final OutboxTable outbox = OutboxTable.of("outbox", PendingChangesTest::addOrder);
    private Replica replica;

    @BeforeEach
    void createReplica() throws Exception {
        replica = create(Kind.FILE);
    }

    private Replica create(Kind kind) throws Exception {
        Replica created = new Replica(Files.createDirectory(directory.resolve(kind.name())), kind, store, streams);
        created.createTables();
        TestDatabase.run(
                created.database,
                "CREATE TABLE orders (id TEXT PRIMARY KEY)",
                "CREATE TABLE outbox (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT)");
        return created;
    }

    @AfterEach
    void closeReplica() {
        replica.close();
    }

    private static void addOrder(Connection staged, OutboxRow change) throws SQLException {
        try (PreparedStatement insert = staged.prepareStatement("INSERT OR IGNORE INTO orders VALUES (?)")) {
            insert.setObject(1, change.value("id"));
            insert.executeUpdate();
        }
    }

    /** Inserts an order and its outbox row in one transaction. */
    private void order(String id) throws SQLException {
        TestDatabase.run(
                replica.database,
                "BEGIN",
                "INSERT INTO orders VALUES ('" + id + "')",
                "INSERT INTO outbox (id) VALUES ('" + id + "')",
                "COMMIT");
    }

    private void publishAll() throws SQLException {
        TestDatabase.run(replica.database, "DELETE FROM outbox");
    }

    private SnapshotManager.Builder builder(PendingChanges changes) {
        return replica.builder().pendingChanges(changes).publishTimeout(Duration.ZERO);
    }

    private SnapshotManager manager() {
        return builder(outbox).build();
    }

    private String orders() throws SQLException {
        return TestDatabase.value(
                replica.database, "SELECT group_concat(id) FROM (SELECT id FROM orders ORDER BY rowid)");
    }

    private String pending() throws SQLException {
        return TestDatabase.value(
                replica.database, "SELECT group_concat(number || id) FROM (SELECT * FROM outbox ORDER BY number)");
    }

    @ParameterizedTest
    @EnumSource
    void d08_restoreWithPendingChanges_losesNone(Kind kind) throws Exception {
        replica.close();
        replica = kind == Kind.FILE ? replica : create(kind);
        replica.restart();
        order("old");
        publishAll();
        SnapshotInfo taken = manager().take();
        order("one");
        order("two");
        manager().restore(RestoreRequest.of(taken.id()));
        assertThat(orders()).isEqualTo("'old,one,two'");
        assertThat(pending()).isEqualTo("'2one,3two'");
        order("three");
        assertThat(pending()).isEqualTo("'2one,3two,4three'");
    }

    @Test
    void d08_recoveryByRestore_transfersPendingChanges() throws Exception {
        streams.publish(STREAM, 30);
        manager().recover();
        replica.apply(STREAM, 20);
        manager().take();
        order("mine");
        replica.map().close();
        Files.delete(replica.mapFile);
        replica.restart();
        streams.dropBefore(STREAM, 10);
        manager().recover(RecoveryOptions.defaults().replaceExistingRows());
        assertThat(orders()).isEqualTo("'mine'");
        assertThat(pending()).isEqualTo("'1mine'");
        assertThat(replica.position(STREAM).orElseThrow().sequence()).isEqualTo(20);
    }

    @Test
    void restore_pendingChangesToFail_failsAndChangesNothing() throws Exception {
        SnapshotInfo taken = manager().take();
        RestoreRequest refusing = RestoreRequest.of(taken.id()).pendingChanges(PendingChangePolicy.FAIL);
        manager().restore(refusing);
        TestDatabase.run(replica.database, "CREATE TABLE IF NOT EXISTS outbox (number INTEGER PRIMARY KEY, id TEXT)");
        order("mine");
        byte[] before = Files.readAllBytes(replica.database);
        assertThatThrownBy(() -> manager().restore(refusing))
                .isInstanceOf(PendingChangesException.class)
                .hasMessageContaining("pending changes (1)");
        assertThat(replica.database).hasBinaryContent(before);
    }

    @Test
    void restore_pendingChangesToDiscard_discardsThem() throws Exception {
        SnapshotInfo taken = manager().take();
        order("mine");
        manager().restore(RestoreRequest.of(taken.id()).pendingChanges(PendingChangePolicy.DISCARD));
        assertThat(orders()).isEqualTo("null");
        assertThat(TestDatabase.value(replica.database, "SELECT count(*) FROM sqlite_schema WHERE name = 'outbox'"))
                .isEqualTo("0");
    }

    @Test
    void restore_damagedDatabase_failsUnlessChangesAreDiscarded() throws Exception {
        SnapshotInfo taken = manager().take();
        order("mine");
        Files.write(replica.database, "not a database".getBytes(StandardCharsets.UTF_8));
        RestoreRequest request = RestoreRequest.of(taken.id()).replaceDamaged();
        assertThatThrownBy(() -> manager().restore(request)).isInstanceOf(PendingChangesException.class);
        manager().restore(request.pendingChanges(PendingChangePolicy.DISCARD));
        assertThat(orders()).isEqualTo("null");
    }

    @Test
    void restore_missingDatabase_transfersNothing() throws Exception {
        SnapshotInfo taken = manager().take();
        Files.delete(replica.database);
        manager().restore(RestoreRequest.of(taken.id()));
        assertThat(orders()).isEqualTo("null");
    }

    @Test
    void restore_transferFails_leavesTheOldDatabase() throws Exception {
        SnapshotInfo taken = manager().take();
        order("mine");
        byte[] before = Files.readAllBytes(replica.database);
        OutboxTable failing = OutboxTable.of("outbox", (staged, change) -> {
            addOrder(staged, change);
            throw new SQLException("planned");
        });
        assertThatThrownBy(() -> builder(failing).build().restore(RestoreRequest.of(taken.id())))
                .isInstanceOf(SnapshotException.class)
                .hasStackTraceContaining("planned");
        assertThat(replica.database).hasBinaryContent(before);
        manager().restore(RestoreRequest.of(taken.id()));
        assertThat(orders()).isEqualTo("'mine'");
    }

    @Test
    void take_pendingChanges_failsAfterTheTimeout() throws Exception {
        order("mine");
        assertThatThrownBy(() -> manager().take())
                .isInstanceOf(PendingChangesException.class)
                .hasMessageContaining("pending changes: 1");
        assertThat(store.list("")).isEmpty();
        publishAll();
        manager().take();
    }

    @Test
    void n01_transactionNotYetPublished_isWaitedFor() throws Exception {
        order("mine");
        int[] looks = new int[1];
        PendingChanges published = counting(database -> {
            long pending = outbox.count(database);
            if (++looks[0] == 3) {
                publishAll();
            }
            return pending;
        });
        builder(published).publishTimeout(Duration.ofMinutes(5)).build().take();
        assertThat(looks[0]).isEqualTo(4);
    }

    /** A HarmonyLite node under load publishes more slowly than its application writes. */
    @Test
    void take_publisherIsBehind_failsWithTheNumberAndItsRate() {
        long[] pending = {12};
        PendingChanges growing = counting(database -> pending[0] += pending[0] == 14 ? -4 : 2);
        SnapshotManager manager =
                builder(growing).publishTimeout(Duration.ofMillis(300)).build();
        assertThatThrownBy(manager::take)
                .isInstanceOf(PendingChangesException.class)
                .hasMessageContaining("pending changes: " + pending[0])
                .hasMessageContaining("14 when the wait began, 10 at least")
                .hasMessageContaining("their number changes by ");
    }

    /** Returns the outbox's changes, counted by other means. */
    private PendingChanges counting(Count count) {
        return new PendingChanges() {
            @Override
            public Set<String> tables() {
                return outbox.tables();
            }

            @Override
            public long count(Connection database) throws SQLException {
                return count.count(database);
            }

            @Override
            public long transfer(Connection database, Connection staged) throws SQLException {
                return outbox.transfer(database, staged);
            }
        };
    }

    private interface Count {
        long count(Connection database) throws SQLException;
    }

    @Test
    void take_messageCountedAheadOfOthers_failsUntilTheyAreCounted() throws Exception {
        streams.publish(STREAM, 3);
        FileSequenceMap map = (FileSequenceMap) replica.map();
        replica.manager().recover();
        map.published(STREAM, StreamPosition.at(3));
        assertThatThrownBy(() -> manager().take())
                .isInstanceOf(PendingChangesException.class)
                .hasMessageContaining("ahead of earlier ones: [" + STREAM + "]");
        replica.apply(STREAM, 2);
        assertThat(manager().take().positions().of(STREAM).orElseThrow().sequence())
                .isEqualTo(3);
    }

    @Test
    void take_outboxTable_isLeftOut() throws Exception {
        SnapshotInfo taken = manager().take();
        Path elsewhere = directory.resolve("elsewhere.db");
        SnapshotRepository.of("orders", store).restore(RestoreRequest.of(taken.id()), elsewhere);
        assertThat(TestDatabase.value(elsewhere, "SELECT count(*) FROM sqlite_schema WHERE name = 'outbox'"))
                .isEqualTo("0");
        TestDatabase.run(replica.database, "DROP TABLE outbox");
        manager().take();
    }

    @Test
    void take_recordingPendingChanges_storesThemInTheManifest() throws Exception {
        streams.publish(STREAM, 9);
        replica.manager().recover();
        FileSequenceMap map = (FileSequenceMap) replica.map();
        map.published(STREAM, StreamPosition.at(3));
        map.published(STREAM, StreamPosition.at(7));
        map.published(STREAM, StreamPosition.at(8));
        order("mine");
        SnapshotInfo taken = builder(outbox).recordPendingChanges().build().take();
        PendingRecord expected = new PendingRecord(
                1, new TreeMap<>(Map.of(STREAM, List.of(new SequenceRange(3, 3), new SequenceRange(7, 8)))));
        assertThat(taken.pending()).isEqualTo(expected);
        assertThat(manager().list().snapshots()).containsExactly(taken);
        assertThat(taken.positions().of(STREAM).orElseThrow().sequence()).isZero();
    }
}
