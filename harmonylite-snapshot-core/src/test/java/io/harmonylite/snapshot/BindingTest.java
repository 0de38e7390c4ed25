package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.Replica.Kind;
import io.harmonylite.snapshot.internal.file.HookedFileOperations;
import io.harmonylite.snapshot.recovery.PositionsLostException;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.recovery.RecoveryOutcome;
import io.harmonylite.snapshot.recovery.RecoveryPlan;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.sequence.MapFiles;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.harmonylite.snapshot.testing.InMemoryStreams;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A map beside a database that it does not describe is never believed, however the two came together. */
class BindingTest {

    private static final String A = "changes-a";

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();
    private final InMemoryStreams streams = InMemoryStreams.unlimited(A);
    private final List<Replica> replicas = new ArrayList<>();

    @AfterEach
    void closeMaps() {
        replicas.forEach(Replica::close);
    }

    private Replica replica(String name, Kind kind) throws IOException {
        Replica replica = new Replica(Files.createDirectories(directory.resolve(name)), kind, store, streams);
        replicas.add(replica);
        return replica;
    }

    /** A node that recovered before its database existed, and has applied so many messages. */
    private Replica running(Kind kind, long last) throws Exception {
        Replica replica = replica("node", kind);
        replica.manager().recover();
        replica.createTables();
        replica.apply(A, last);
        return replica;
    }

    private void assertHasAll(Replica replica) throws Exception {
        replica.catchUp();
        long last = streams.state(A).orElseThrow().last();
        assertThat(TestDatabase.rows(replica.database, "SELECT DISTINCT sequence FROM applied ORDER BY sequence"))
                .isEqualTo(
                        LongStream.rangeClosed(1, last).mapToObj(Long::toString).toList());
        replica.restart();
        assertThat(replica.manager().recover().plan().outcome()).isEqualTo(RecoveryOutcome.UP_TO_DATE);
    }

    private static void assertLost(Replica replica, String... reasons) {
        assertThatThrownBy(() -> replica.manager().recover())
                .isInstanceOf(PositionsLostException.class)
                .hasMessageContainingAll(reasons);
        assertThatThrownBy(() -> replica.manager().take()).isInstanceOf(PositionsLostException.class);
    }

    private SnapshotInfo takeWithoutPositions(Replica replica) {
        return SnapshotManager.builder("orders", replica.database, store)
                .build()
                .take();
    }

    private RestoreReport restoreWithoutMap(SnapshotInfo snapshot, Path database) {
        return SnapshotRepository.of("orders", store).restore(RestoreRequest.of(snapshot.id()), database);
    }

    private static String binding(Path database) throws SQLException {
        return TestDatabase.value(database, "SELECT id, counter FROM __harmonylite__snapshot_binding");
    }

    @Test
    void recover_restoreWithoutPositionsAndWithoutTheMap_replaysFromTheFirst() throws Exception {
        streams.publish(A, 20);
        Replica replica = running(Kind.FILE, 10);
        SnapshotInfo taken = takeWithoutPositions(replica);
        replica.catchUp();
        RestoreReport restored = restoreWithoutMap(taken, replica.database);
        replica.restart();
        assertThat(replica.positions().of(A).orElseThrow().sequence()).isEqualTo(20);
        RecoveryPlan plan = replica.manager().plan();
        assertThat(plan.outcome()).isEqualTo(RecoveryOutcome.REPLAY);
        assertThat(plan.streams().get(0).range()).isEqualTo(new SequenceRange(1, 20));
        assertThat(plan.reason())
                .contains(
                        "are ignored",
                        "restore " + restored.restoreId(),
                        taken.id().toString());
        assertThatThrownBy(() -> replica.manager().take())
                .isInstanceOf(PositionsLostException.class)
                .hasMessageContaining("recover first");
        assertThat(replica.manager().recover().plan()).isEqualTo(plan);
        assertHasAll(replica);
    }

    @Test
    void recover_restoreWithoutPositionsAndMessagesDropped_stopsAndNamesTheRestore() throws Exception {
        streams.publish(A, 20);
        Replica replica = running(Kind.FILE, 10);
        SnapshotInfo taken = takeWithoutPositions(replica);
        replica.catchUp();
        SnapshotInfo later = replica.manager().take();
        RestoreReport restored = restoreWithoutMap(taken, replica.database);
        streams.dropBefore(A, 5);
        replica.restart();
        assertLost(replica, "restore " + restored.restoreId(), taken.id().toString());
        assertThat(replica.manager()
                        .recover(RecoveryOptions.defaults().replaceExistingRows())
                        .restored()
                        .orElseThrow()
                        .snapshot())
                .isEqualTo(later);
        assertHasAll(replica);
    }

    @Test
    void recover_restoreWithoutPositionsThroughTheMap_replaysFromTheFirst() throws Exception {
        streams.publish(A, 20);
        Replica replica = running(Kind.FILE, 10);
        SnapshotInfo taken = takeWithoutPositions(replica);
        replica.catchUp();
        replica.manager().restore(RestoreRequest.of(taken.id()));
        assertThat(replica.positions()).isEqualTo(Positions.none());
        assertThatThrownBy(() -> replica.manager().take()).isInstanceOf(PositionsLostException.class);
        replica.restart();
        assertThat(replica.manager().recover().plan().outcome()).isEqualTo(RecoveryOutcome.REPLAY);
        assertHasAll(replica);
    }

    @Test
    void recover_restoreWithoutPositionsIntoATableMap_replaysFromTheFirst() throws Exception {
        streams.publish(A, 20);
        Replica file = running(Kind.FILE, 10);
        SnapshotInfo taken = takeWithoutPositions(file);
        Replica table = replica("table", Kind.TABLE);
        table.manager().recover();
        table.createTables();
        table.catchUp();
        restoreWithoutMap(taken, table.database);
        assertThat(table.manager().recover().plan().streams().get(0).range()).isEqualTo(new SequenceRange(1, 20));
        assertHasAll(table);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void recover_emptyDatabaseBesideAnOldMap_neverBelievesTheMap(boolean accepted) throws Exception {
        streams.publish(A, 20);
        Replica replica = running(Kind.FILE, 20);
        Files.delete(replica.database);
        replica.createTables();
        replica.restart();
        RecoveryOptions options = RecoveryOptions.defaults();
        RecoveryPlan plan = replica.manager()
                .recover(accepted ? options.acceptUnboundMap() : options)
                .plan();
        assertThat(plan.outcome()).isEqualTo(RecoveryOutcome.REPLAY);
        assertThat(plan.reason()).contains("are ignored", "created anew");
        assertHasAll(replica);
    }

    @Test
    void recover_emptyDatabaseBesideAnOldMapAndASnapshot_restoresIt() throws Exception {
        streams.publish(A, 20);
        Replica replica = running(Kind.FILE, 15);
        SnapshotInfo taken = replica.manager().take();
        replica.catchUp();
        Files.delete(replica.database);
        replica.createTables();
        replica.restart();
        assertThat(replica.manager().recover().restored().orElseThrow().snapshot())
                .isEqualTo(taken);
        assertHasAll(replica);
    }

    @Test
    void recover_databaseWithOtherRowsBesideAnOldMap_stopsUnlessTheHostVouches() throws Exception {
        streams.publish(A, 20);
        Replica replica = running(Kind.FILE, 20);
        replica.manager().take();
        Files.delete(replica.database);
        replica.createTables();
        TestDatabase.run(replica.database, "CREATE TABLE version (n)", "INSERT INTO version VALUES (1)");
        replica.restart();
        assertLost(replica, "not bound", "accept an unbound map");
        assertThat(replica.manager()
                        .recover(RecoveryOptions.defaults().acceptUnboundMap())
                        .plan()
                        .outcome())
                .isEqualTo(RecoveryOutcome.UP_TO_DATE);
        replica.restart();
        assertThat(replica.manager().recover().plan().outcome())
                .as("bound by the host's word")
                .isEqualTo(RecoveryOutcome.UP_TO_DATE);
    }

    @ParameterizedTest
    @EnumSource
    void recover_tablesRemovedByCleanup_isNoticed(Kind kind) throws Exception {
        streams.publish(A, 20);
        Replica replica = running(kind, 20);
        cleanUp(replica.database);
        replica.restart();
        assertLost(replica, "holds rows");
        if (kind == Kind.FILE) {
            replica.manager().recover(RecoveryOptions.defaults().acceptUnboundMap());
            assertHasAll(replica);
        }
    }

    /** Drops what HarmonyLite's -cleanup drops: every object with its prefix. */
    private static void cleanUp(Path database) throws SQLException {
        for (String table : TestDatabase.rows(
                database, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB '__harmonylite__*'")) {
            TestDatabase.run(database, "DROP TABLE \"" + table.replace("'", "") + "\"");
        }
    }

    @Test
    void recover_olderCopyPutBack_isNotBelieved() throws Exception {
        streams.publish(A, 30);
        Replica replica = running(Kind.FILE, 10);
        replica.restart();
        replica.manager().recover();
        Path copy = copy(replica.database);
        replica.restart();
        replica.manager().recover();
        replica.apply(A, 20);
        replica.restart();
        Files.move(copy, replica.database, StandardCopyOption.REPLACE_EXISTING);
        assertLost(replica, "older copy");
        assertThatThrownBy(() ->
                        replica.manager().recover(RecoveryOptions.defaults().acceptUnboundMap()))
                .isInstanceOf(PositionsLostException.class);
        assertThat(replica.rows(A)).hasSize(10);
    }

    @Test
    void recover_copyFromBeforeATake_isNotBelieved() throws Exception {
        streams.publish(A, 30);
        Replica replica = running(Kind.FILE, 10);
        Path copy = copy(replica.database);
        SnapshotManager manager = replica.manager();
        replica.apply(A, 20);
        manager.take();
        replica.restart();
        Files.move(copy, replica.database, StandardCopyOption.REPLACE_EXISTING);
        assertLost(replica, "older copy");
    }

    @Test
    void recover_databaseOfAnotherNode_isNotBelieved() throws Exception {
        streams.publish(A, 30);
        Replica replica = running(Kind.FILE, 20);
        Replica other = replica("other", Kind.FILE);
        other.manager().recover();
        other.createTables();
        other.apply(A, 5);
        Files.move(copy(other.database), replica.database, StandardCopyOption.REPLACE_EXISTING);
        replica.restart();
        assertLost(replica, "another sequence map");
    }

    private Path copy(Path database) throws SQLException {
        Path copy = directory.resolve("copy.db");
        TestDatabase.run(database, "VACUUM INTO '" + copy + "'");
        TestDatabase.run(copy, "PRAGMA journal_mode = WAL");
        return copy;
    }

    @Test
    void recover_olderMapPutBack_replaysFromIt() throws Exception {
        streams.publish(A, 30);
        Replica replica = running(Kind.FILE, 10);
        byte[] older = Files.readAllBytes(replica.mapFile);
        replica.restart();
        replica.manager().recover();
        replica.apply(A, 20);
        replica.map().close();
        Files.write(replica.mapFile, older);
        replica.restart();
        assertThat(replica.manager().recover().plan().streams().get(0).range()).isEqualTo(new SequenceRange(11, 30));
        assertHasAll(replica);
    }

    @Test
    void take_newMapWithoutARecovery_bindsItAtTheFirstCount() throws Exception {
        streams.publish(A, 20);
        Replica replica = replica("node", Kind.FILE);
        replica.createTables();
        SnapshotManager manager = replica.manager();
        replica.apply(A, 10);
        assertThat(binding(replica.database)).endsWith(", 1");
        replica.apply(A, 12);
        assertThat(binding(replica.database)).endsWith(", 1");
        manager.take();
        assertThat(binding(replica.database)).endsWith(", 2");
        manager.take();
        assertThat(binding(replica.database)).as("nothing was counted since").endsWith(", 2");
        replica.restart();
        assertThat(replica.manager().plan().outcome()).isEqualTo(RecoveryOutcome.REPLAY);
    }

    @Test
    void take_mapThatWasNeverBound_bindsIt() throws Exception {
        streams.publish(A, 20);
        Replica replica = replica("node", Kind.FILE);
        replica.createTables();
        replica.apply(A, 10); // No manager has named the database yet.
        replica.restart();
        assertThat(replica.manager().plan().outcome()).isEqualTo(RecoveryOutcome.POSITIONS_LOST);
        replica.manager().take();
        assertThat(replica.manager().recover().plan().outcome()).isEqualTo(RecoveryOutcome.REPLAY);
        assertHasAll(replica);
    }

    @Test
    void take_mapThatWasNeverBoundBesideAnEmptyDatabase_isRejected() throws Exception {
        streams.publish(A, 20);
        Replica replica = replica("node", Kind.FILE);
        replica.createTables();
        replica.apply(A, 10);
        Files.delete(replica.database);
        replica.createTables();
        replica.restart();
        assertThatThrownBy(() -> replica.manager().take())
                .isInstanceOf(PositionsLostException.class)
                .hasMessageContaining("created anew");
        assertThat(replica.manager().recover().plan().outcome()).isEqualTo(RecoveryOutcome.REPLAY);
        assertHasAll(replica);
    }

    @Test
    void take_databaseThatIsBusy_succeedsWithoutTheNewCount() throws Exception {
        streams.publish(A, 20);
        Replica replica = running(Kind.FILE, 10);
        try (Connection writer = TestDatabase.open(replica.database);
                SnapshotManager manager =
                        replica.builder().busyTimeout(Duration.ofMillis(50)).build()) {
            TestDatabase.run(writer, "BEGIN IMMEDIATE");
            manager.take();
            TestDatabase.run(writer, "ROLLBACK");
        }
        replica.restart();
        assertThat(replica.manager().recover().plan().outcome()).isEqualTo(RecoveryOutcome.REPLAY);
    }

    @Test
    void recover_unboundMapAcceptedInARunningProcess_bindsIt() throws Exception {
        streams.publish(A, 20);
        Replica replica = running(Kind.FILE, 20);
        SnapshotManager manager = replica.manager();
        manager.recover();
        cleanUp(replica.database); // Nothing is counted after it.
        manager.recover(RecoveryOptions.defaults().acceptUnboundMap());
        assertThat(manager.plan().outcome()).isEqualTo(RecoveryOutcome.UP_TO_DATE);
        replica.restart();
        assertThat(replica.manager().recover().plan().outcome()).isEqualTo(RecoveryOutcome.UP_TO_DATE);
    }

    @Test
    void apply_firstBindingFails_isRepeatedByTheNextCount() throws Exception {
        streams.publish(A, 20);
        Replica replica = replica("node", Kind.FILE);
        replica.createTables();
        try (Connection writer = TestDatabase.open(replica.database);
                SnapshotManager manager =
                        replica.builder().busyTimeout(Duration.ofMillis(50)).build()) {
            manager.recover();
            TestDatabase.run(
                    writer, "INSERT INTO applied VALUES ('" + A + "', 1)", "BEGIN IMMEDIATE"); // Another transaction.
            ((FileSequenceMap) replica.map()).applied(A, StreamPosition.at(1));
            TestDatabase.run(writer, "ROLLBACK");
            replica.apply(A, 10);
        }
        replica.restart();
        assertThat(replica.manager().plan().outcome()).isEqualTo(RecoveryOutcome.REPLAY);
        assertHasAll(replica);
    }

    /** The process dies at each operation on a file of the map, which was adopted from HarmonyLite. */
    @Test
    void recover_diesWhileItBinds_nextOneBelievesTheSameMap() throws Exception {
        streams.publish(A, 20);
        HookedFileOperations counting = HookedFileOperations.counting();
        recoverAdopted(replica("counted", Kind.FILE), counting);
        assertThat(counting.log()).hasSizeGreaterThan(8);
        for (int at = 0; at < counting.log().size(); at++) {
            Replica replica = replica("node" + at, Kind.FILE);
            HookedFileOperations files = HookedFileOperations.failingAt(at, () -> new IOException("dead"), true);
            assertThatThrownBy(() -> recoverAdopted(replica, files)).hasStackTraceContaining("dead");
            replica.restart();
            assertThat(replica.manager().recover().plan().streams().get(0).range())
                    .as("%s of %s", at, counting.log())
                    .isEqualTo(new SequenceRange(6, 20));
            assertHasAll(replica);
        }
    }

    private void recoverAdopted(Replica replica, HookedFileOperations files) throws Exception {
        replica.createTables();
        TestDatabase.run(replica.database, TestDatabase.fill("applied", "stream, sequence", "'" + A + "', i", 5));
        replica.map().close();
        Files.write(replica.mapFile, "\u00a1ichanges-a\u0005".getBytes(StandardCharsets.ISO_8859_1));
        FileSequenceMap.adopt(replica.mapFile).close();
        try (FileSequenceMap map = MapFiles.open(replica.mapFile, files);
                SnapshotManager manager = SnapshotManager.builder("orders", replica.database, store)
                        .sequenceMap(map)
                        .streams(streams)
                        .build()) {
            manager.recover();
        }
    }

    @Test
    void restore_imageOfATableMap_keepsItsPositionsOnAnotherMachine() throws Exception {
        streams.publish(A, 20);
        Replica replica = running(Kind.TABLE, 10);
        SnapshotInfo taken = replica.manager().take();
        Replica moved = replica("moved", Kind.TABLE);
        restoreWithoutMap(taken, moved.database);
        assertThat(moved.positions()).isEqualTo(taken.positions());
        assertThat(moved.manager().recover().plan().streams().get(0).range()).isEqualTo(new SequenceRange(11, 20));
        assertHasAll(moved);
    }

    @Test
    void restore_imageOfATableMapBesideAFileMap_hasNoTables() throws Exception {
        streams.publish(A, 20);
        SnapshotInfo taken = running(Kind.TABLE, 10).manager().take();
        Replica file = replica("file", Kind.FILE);
        file.manager().restore(RestoreRequest.of(taken.id()));
        assertThat(TestDatabase.rows(
                        file.database,
                        "SELECT name FROM sqlite_schema WHERE name GLOB '__harmonylite__*' ORDER BY name"))
                .containsExactly("'__harmonylite__snapshot_binding'", "'__harmonylite__snapshot_origin'");
        assertHasAll(file);
        assertThat(file.manager().take().positions()).isEqualTo(file.positions());
    }
}
