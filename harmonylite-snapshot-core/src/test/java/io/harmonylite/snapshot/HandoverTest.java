package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.exception.DatabaseNotFoundException;
import io.harmonylite.snapshot.exception.HandoverRejectedException;
import io.harmonylite.snapshot.exception.QuarantinedRowsException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.recovery.HandoverReport;
import io.harmonylite.snapshot.recovery.PositionsLostException;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.recovery.ResetDecision;
import io.harmonylite.snapshot.recovery.StreamGapException;
import io.harmonylite.snapshot.recovery.StreamResetException;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.testing.FaultyStore;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.harmonylite.snapshot.testing.InMemoryStreams;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the check that precedes the start of HarmonyLite on a node's database and sequence map. */
class HandoverTest {

    private static final String STREAM = "harmonylite-changes-c-1";
    private static final String SECOND = "harmonylite-changes-c-2";

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();
    private final InMemoryStreams streams = InMemoryStreams.unlimited(STREAM, SECOND);
    private Replica node;

    @BeforeEach
    void createNode() throws Exception {
        node = node(Replica.Kind.FILE, store);
        node.createTables();
        node.manager().recover();
    }

    @AfterEach
    void close() throws Exception {
        node.close();
    }

    private Replica node(Replica.Kind kind, SnapshotStore used) {
        return new Replica(directory, kind, used, streams);
    }

    /** Records changes that are not published, as HarmonyLite's triggers do. */
    private void recordPending(int count) throws Exception {
        TestDatabase.run(
                node.database,
                "CREATE TABLE __harmonylite__applied_change_log (id INTEGER PRIMARY KEY, val_stream TEXT,"
                        + " val_sequence INT, type TEXT, created_at INTEGER, state INTEGER)",
                "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < " + count + ")"
                        + " INSERT INTO __harmonylite__applied_change_log SELECT i, 'own', i, 'insert', 0, 0 FROM n");
    }

    private void assertRejected(long pending, long backlog, String... fragments) {
        assertThatThrownBy(() -> node.manager().handover())
                .asInstanceOf(InstanceOfAssertFactories.type(HandoverRejectedException.class))
                .returns(pending, HandoverRejectedException::pendingChanges)
                .returns(backlog, HandoverRejectedException::backlog)
                .extracting(Throwable::getMessage)
                .asString()
                .contains("pending changes: " + pending, "messages to apply: " + backlog)
                .contains(List.of(fragments));
    }

    @Test
    void handover_everyMessageApplied_reportsPositionsAndPendingChanges() throws Exception {
        streams.publish(STREAM, 30);
        node.apply(STREAM, 30);
        recordPending(5);
        HandoverReport report = node.manager().handover();
        assertThat(report.positions().of(STREAM).orElseThrow().sequence()).isEqualTo(30);
        assertThat(report.pendingChanges()).isEqualTo(5);
    }

    /** In the original, the first own publication moves the position past all waiting messages. */
    @Test
    void d04_pendingChangesAndWaitingMessages_isRejectedWithBothCounts() throws Exception {
        streams.publish(STREAM, 10);
        node.apply(STREAM, 10);
        streams.publish(STREAM, 600);
        streams.publish(SECOND, 7);
        recordPending(5);
        assertRejected(5, 607, "D4", STREAM + "=600", SECOND + "=7", "--catch-up");
    }

    /** The application may write as soon as HarmonyLite has started. */
    @Test
    void d04_messagesWaitAndNothingIsPending_isRejected() throws Exception {
        streams.publish(STREAM, 10);
        node.apply(STREAM, 9);
        assertRejected(0, 1, "D4");
    }

    /** In the original, an emptied stream makes a node restore an older snapshot, although it misses nothing. */
    @Test
    void d09_streamEmptiedAfterEverythingWasApplied_isRejected() throws Exception {
        streams.publish(STREAM, 200);
        node.apply(STREAM, 200);
        streams.dropBefore(STREAM, 201);
        assertRejected(0, 0, "D9", "position of " + STREAM + " is 200", "first message is 201", "Wait for a message");
        streams.publish(STREAM, 1);
        assertRejected(0, 1, "first message is 201", "--catch-up");
        node.apply(STREAM, 201);
        assertThat(node.manager().handover().pendingChanges()).isZero();
    }

    @Test
    void d09_newNodeAndFullHistory_isRejectedUntilItIsApplied() throws Exception {
        streams.publish(STREAM, 3);
        assertRejected(0, 3, "position of " + STREAM + " is 0", "first message is 1");
        node.apply(STREAM, 3);
        node.manager().handover();
    }

    /** Such a stream has a first sequence above 0 before its first message. */
    @Test
    void d09_unusedStreamThatBeganAboveOne_isRejected() throws Exception {
        streams.createAt(SECOND, 100, OptionalLong.of(100));
        assertThatThrownBy(() -> node.manager().handover()).isInstanceOf(StreamResetException.class);
        node.manager().recover(RecoveryOptions.defaults().onReset(ResetDecision.replayFromFirst()));
        assertRejected(0, 0, "position of " + SECOND + " is 99", "first message is 100");
    }

    @Test
    void handover_unusedStreams_isAccepted() {
        assertThat(node.manager()
                        .handover()
                        .positions()
                        .of(STREAM)
                        .orElseThrow()
                        .sequence())
                .isZero();
    }

    @Test
    void handover_anyState_changesNothingAndReadsNoStore() throws Exception {
        streams.publish(STREAM, 5);
        byte[] map = Files.readAllBytes(node.mapFile);
        byte[] database = Files.readAllBytes(node.database);
        FaultyStore faulty = new FaultyStore(store);
        assertRejected(0, 5, STREAM);
        node.close();
        node = node(Replica.Kind.FILE, faulty);
        assertRejected(0, 5, STREAM);
        assertThat(faulty.calls()).isZero();
        assertThat(node.mapFile).hasBinaryContent(map);
        assertThat(node.database).hasBinaryContent(database);
    }

    @Test
    void handover_messagesDropped_needsARecoveryFirst() throws Exception {
        streams.publish(STREAM, 20);
        streams.dropBefore(STREAM, 10);
        assertThatThrownBy(() -> node.manager().handover())
                .isInstanceOf(StreamGapException.class)
                .hasMessageContaining("recover it first");
    }

    @Test
    void handover_rowsInQuarantine_isRejected() throws Exception {
        TestDatabase.run(
                node.database,
                "CREATE TABLE __harmonylite__snapshot_quarantine (table_name TEXT NOT NULL, key TEXT NOT NULL, row TEXT"
                        + " NOT NULL, stream TEXT NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (table_name, key))"
                        + " WITHOUT ROWID",
                "INSERT INTO __harmonylite__snapshot_quarantine VALUES ('orders', 'id = 7', '', 's', 3)");
        assertThatThrownBy(() -> node.manager().handover())
                .isInstanceOf(QuarantinedRowsException.class)
                .hasMessageContaining("table orders key id = 7");
    }

    @Test
    void handover_mapOfAnotherDatabase_isRejected() throws Exception {
        streams.publish(STREAM, 3);
        node.apply(STREAM, 3);
        Files.delete(node.database);
        assertThatThrownBy(() -> node.manager().handover()).isInstanceOf(DatabaseNotFoundException.class);
        node.createTables();
        TestDatabase.run(node.database, "INSERT INTO applied VALUES ('another', 1)");
        assertThatThrownBy(() -> node.manager().handover()).isInstanceOf(PositionsLostException.class);
    }

    /** HarmonyLite would find no positions, and begin at 0. */
    @Test
    void handover_positionsInTables_isRejected() throws Exception {
        node.close();
        node = node(Replica.Kind.TABLE, store);
        assertThatThrownBy(() -> node.manager().handover())
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("FileSequenceMap");
    }
}
