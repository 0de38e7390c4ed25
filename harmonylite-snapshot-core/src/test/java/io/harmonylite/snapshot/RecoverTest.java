package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.harmonylite.snapshot.Replica.Kind;
import io.harmonylite.snapshot.exception.ConcurrentRestoreException;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.exception.StreamUnavailableException;
import io.harmonylite.snapshot.internal.file.HookedFileOperations;
import io.harmonylite.snapshot.recovery.PositionsLostException;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.recovery.RecoveryOutcome;
import io.harmonylite.snapshot.recovery.RecoveryPlan;
import io.harmonylite.snapshot.recovery.RecoveryReport;
import io.harmonylite.snapshot.recovery.ResetDecision;
import io.harmonylite.snapshot.recovery.StreamGapException;
import io.harmonylite.snapshot.recovery.StreamResetException;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.stream.StreamAccessException;
import io.harmonylite.snapshot.stream.StreamRetention;
import io.harmonylite.snapshot.stream.StreamState;
import io.harmonylite.snapshot.stream.Streams;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.harmonylite.snapshot.testing.InMemoryStreams;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Plans and recoveries, end to end: after each recovery the node applies the rest of the streams and has every message.
 */
class RecoverTest {

    private static final String A = "changes-a";
    private static final String B = "changes-b";

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();
    private final InMemoryStreams streams = InMemoryStreams.unlimited(A, B);
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

    /** Creates a node that has applied the first messages of both streams. */
    private Replica running(Kind kind, long a, long b) throws Exception {
        Replica replica = replica("node", kind);
        replica.manager().recover();
        replica.createTables();
        replica.apply(A, a);
        replica.apply(B, b);
        return replica;
    }

    private static List<String> all(long last) {
        return LongStream.rangeClosed(1, last).mapToObj(Long::toString).toList();
    }

    private void assertHasAllOnce(Replica replica) throws Exception {
        replica.catchUp();
        for (String stream : List.of(A, B)) {
            long last = streams.state(stream).orElseThrow().last();
            assertThat(replica.rows(stream)).as(stream).isEqualTo(all(last));
        }
    }

    private static void assertStops(SnapshotManager manager, Class<? extends Throwable> exception) {
        assertThatThrownBy(manager::recover).isInstanceOf(exception);
    }

    private List<String> names(Replica replica) throws IOException {
        try (Stream<Path> files = Files.list(replica.database.getParent())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @EnumSource
    void recover_newNodeAndCompleteStreams_replaysEverything(Kind kind) throws Exception {
        streams.publish(A, 30);
        streams.publish(B, 5);
        Replica replica = replica("node", kind);
        RecoveryReport report = replica.manager().recover();
        assertThat(report.plan().outcome()).isEqualTo(RecoveryOutcome.REPLAY);
        assertThat(report.restored()).isEmpty();
        assertThat(replica.database).doesNotExist();
        replica.createTables();
        assertHasAllOnce(replica);
    }

    @ParameterizedTest
    @EnumSource
    void recover_everythingApplied_isUpToDateAndChangesNothing(Kind kind) throws Exception {
        streams.publish(A, 30);
        Replica replica = running(kind, 30, 0);
        replica.manager().recover();
        Positions before = replica.positions();
        RecoveryReport report = replica.manager().recover();
        assertThat(report.plan().outcome()).isEqualTo(RecoveryOutcome.UP_TO_DATE);
        assertThat(report.positions()).isEqualTo(before);
        assertThat(replica.positions()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void recover_onReturn_everyStreamHasPositionAndCreationTime(Kind kind) throws Exception {
        streams.publish(A, 3);
        Replica replica = running(kind, 2, 0);
        replica.manager().recover();
        for (String stream : List.of(A, B)) {
            StreamPosition position = replica.position(stream).orElseThrow();
            assertThat(position.streamCreated())
                    .isEqualTo(streams.state(stream).orElseThrow().created());
        }
        assertThat(replica.position(A).orElseThrow().sequence()).isEqualTo(2);
        assertThat(replica.position(B).orElseThrow().sequence()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void d36_databaseDeleted_isRestoredWithoutLoss(Kind kind) throws Exception {
        streams.publish(A, 60);
        streams.publish(B, 10);
        Replica replica = running(kind, 40, 10);
        SnapshotInfo taken = replica.manager().take();
        replica.catchUp();
        streams.dropBefore(A, 35);
        Files.delete(replica.database);
        RecoveryReport report = replica.manager().recover();
        assertThat(report.restored().orElseThrow().snapshot()).isEqualTo(taken);
        assertThat(report.positions()).isEqualTo(replica.positions());
        assertThat(replica.position(A).orElseThrow().sequence()).isEqualTo(40);
        assertHasAllOnce(replica);
    }

    @ParameterizedTest
    @EnumSource
    void recover_emptyFile_isTreatedAsMissing(Kind kind) throws Exception {
        streams.publish(A, 60);
        Replica replica = running(kind, 40, 0);
        replica.manager().take();
        Files.write(replica.database, new byte[0]);
        assertThat(replica.manager().recover().plan().outcome()).isEqualTo(RecoveryOutcome.RESTORE);
        assertHasAllOnce(replica);
    }

    @Test
    void recover_databaseDeletedAndNothingToRestore_replaysOrStopsAndCreatesNothing() throws Exception {
        streams.publish(A, 60);
        Replica replica = running(Kind.FILE, 60, 0);
        Files.delete(replica.database);
        assertThat(replica.manager().recover().plan().outcome()).isEqualTo(RecoveryOutcome.REPLAY);
        assertThat(replica.position(A).orElseThrow().sequence()).isZero();
        streams.dropBefore(A, 2);
        assertStops(replica.manager(), StreamGapException.class);
        assertThat(replica.database).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource
    void recover_databaseDeletedAfterARestore_startsOver(Kind kind) throws Exception {
        streams.publish(A, 60);
        Replica replica = running(kind, 40, 0);
        SnapshotInfo taken = replica.manager().take();
        replica.manager().restore(RestoreRequest.of(taken.id()));
        store.delete("orders/manifests/" + taken.id());
        Files.delete(replica.database);
        assertThat(replica.manager().recover().plan().outcome()).isEqualTo(RecoveryOutcome.REPLAY);
        replica.createTables();
        assertHasAllOnce(replica);
        assertThat(replica.manager().recover().plan().outcome()).isEqualTo(RecoveryOutcome.UP_TO_DATE);
    }

    @Test
    void recover_damagedDatabase_stopsUnlessReplacementIsAllowedAndKeepsIt() throws Exception {
        streams.publish(A, 60);
        Replica replica = running(Kind.FILE, 40, 0);
        replica.manager().take();
        byte[] junk = "not a database, but perhaps still of use".getBytes(StandardCharsets.UTF_8);
        Files.write(replica.database, junk);
        assertStops(replica.manager(), DatabaseDamagedException.class);
        assertThat(replica.database).hasBinaryContent(junk);
        RecoveryReport report =
                replica.manager().recover(RecoveryOptions.defaults().replaceDamaged());
        assertThat(report.restored().orElseThrow().kept().orElseThrow()).hasBinaryContent(junk);
        assertHasAllOnce(replica);
    }

    @ParameterizedTest
    @EnumSource
    void recover_damagedDatabaseAndCompleteStreams_movesItAsideAndReplays(Kind kind) throws Exception {
        streams.publish(A, 6);
        Replica replica = running(kind, 4, 0);
        byte[] junk = "not a database".getBytes(StandardCharsets.UTF_8);
        Files.write(replica.database, junk);
        Files.write(replica.database.resolveSibling("orders.db-wal"), junk);
        replica.manager().recover(RecoveryOptions.defaults().replaceDamaged());
        assertThat(replica.database).doesNotExist();
        assertThat(names(replica)).anyMatch(name -> name.startsWith("orders.db.damaged-"));
        assertThat(names(replica)).doesNotContain("orders.db-wal");
        replica.createTables();
        assertHasAllOnce(replica);
    }

    @ParameterizedTest
    @EnumSource
    void d03_gapWithoutSnapshot_stopsAndChangesNothing(Kind kind) throws Exception {
        streams.publish(A, 60);
        Replica replica = running(kind, 16, 0);
        Positions before = replica.positions();
        streams.dropBefore(A, 45);
        StreamGapException gap = catchThrowableOfType(
                StreamGapException.class, () -> replica.manager().recover());
        assertThat(gap.plan().streams().get(0).range()).isEqualTo(new SequenceRange(17, 44));
        assertThat(replica.rows(A)).isEqualTo(all(16));
        assertThat(replica.positions()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void d05_afterARestore_noMessageIsAppliedTwice(Kind kind) throws Exception {
        streams.publish(A, 60);
        Replica other = running(kind, 50, 0);
        other.manager().take();
        streams.dropBefore(A, 20);
        Replica fresh = replica("fresh", kind);
        fresh.manager().recover();
        assertHasAllOnce(fresh);
    }

    @ParameterizedTest
    @EnumSource
    void d06_snapshotOlderThanTheFirstMessage_isSkippedForOneThatCovers(Kind kind) throws Exception {
        streams.publish(A, 60);
        Replica replica = running(kind, 20, 0);
        SnapshotInfo tooOld = replica.manager().take();
        streams.dropBefore(A, 21);
        replica.apply(A, 40);
        SnapshotInfo covers = replica.manager().take();
        streams.dropBefore(A, 30);
        Files.delete(replica.database);
        assertThat(replica.manager().recover().restored().orElseThrow().snapshot())
                .isEqualTo(covers);
        assertHasAllOnce(replica);
        streams.publish(A, 10);
        streams.dropBefore(A, 42);
        store.delete("orders/manifests/" + covers.id());
        Files.delete(replica.database);
        assertStops(replica.manager(), StreamGapException.class);
        assertThat(replica.manager().list().snapshots()).containsExactly(tooOld);
        assertThat(replica.database).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource
    void d07_nodeBehindTheStream_isRestoredFromAPeersSnapshot(Kind kind) throws Exception {
        streams.create(A, StreamRetention.ofMessages(15));
        streams.publish(A, 10);
        Replica late = running(kind, 10, 0);
        Replica peer = replica("peer", kind);
        peer.createTables();
        peer.manager().recover();
        peer.catchUp();
        for (int i = 0; i < 4; i++) {
            streams.publish(A, 10);
            peer.catchUp();
        }
        peer.manager().take();
        streams.publish(A, 5);
        assertThat(late.manager().plan().outcome()).isEqualTo(RecoveryOutcome.RESTORE);
        late.manager().recover();
        assertHasAllOnce(late);
    }

    @ParameterizedTest
    @EnumSource
    void d09_newNodeWithRowsAndFullHistory_keepsItsRows(Kind kind) throws Exception {
        streams.publish(A, 30);
        Replica peer = running(kind, 30, 0);
        peer.manager().take();
        Replica fresh = replica("fresh", kind);
        fresh.createTables();
        TestDatabase.run(fresh.database, "CREATE TABLE own (x)", "INSERT INTO own VALUES ('mine')");
        assertThatThrownBy(() -> fresh.manager().recover()).isInstanceOf(PositionsLostException.class);
        fresh.manager().recover(RecoveryOptions.defaults().replaceExistingRows());
        assertHasAllOnce(fresh);
        assertThat(TestDatabase.value(fresh.database, "SELECT x FROM own")).isEqualTo("'mine'");
    }

    @ParameterizedTest
    @EnumSource
    void recover_killedAfterAnOwnPublicationBeforeMessage1_replaysFromTheFirst(Kind kind) throws Exception {
        streams.publish(A, 4);
        Replica replica = replica("node", kind);
        replica.createTables();
        replica.publish(A, 4);
        replica.restart();
        assertThat(replica.manager().recover().plan().outcome()).isEqualTo(RecoveryOutcome.REPLAY);
        replica.catchUp();
        assertThat(replica.rows(A)).containsExactly("4", "1", "2", "3");
    }

    @ParameterizedTest
    @EnumSource
    void recover_ownPublicationBeforeMessage1OfAStreamCreatedAgain_stops(Kind kind) throws Exception {
        streams.publish(A, 4);
        Replica replica = replica("node", kind);
        replica.createTables();
        replica.publish(A, 4);
        streams.create(A, StreamRetention.unlimited());
        streams.publish(A, 4);
        assertStops(replica.manager(), StreamResetException.class);
    }

    @ParameterizedTest
    @EnumSource
    void recover_ownPublicationBeforeMessage1ThatWasDropped_isRestored(Kind kind) throws Exception {
        streams.publish(A, 4);
        Replica peer = replica("peer", kind);
        peer.manager().recover();
        peer.createTables();
        peer.catchUp();
        peer.manager().take();
        Replica replica = replica("node", kind);
        replica.createTables();
        replica.publish(A, 4);
        streams.dropBefore(A, 2);
        assertThat(replica.manager().recover().plan().outcome()).isEqualTo(RecoveryOutcome.RESTORE);
        assertHasAllOnce(replica);
    }

    @ParameterizedTest
    @EnumSource
    void recover_seedRowsAndUnusedStreamThatBeginsLater_isUpToDateUntilItWasUsed(Kind kind) throws Exception {
        streams.createAt(A, 5, OptionalLong.of(5));
        Replica replica = replica("node", kind);
        replica.createTables();
        TestDatabase.run(replica.database, "INSERT INTO applied VALUES ('seed', 0)");
        assertThat(replica.manager().plan().outcome()).isEqualTo(RecoveryOutcome.UP_TO_DATE);
        streams.publish(A, 6);
        assertThat(replica.manager().plan().outcome())
                .as("the seed may be what another map counted")
                .isEqualTo(RecoveryOutcome.POSITIONS_LOST);
    }

    @ParameterizedTest
    @EnumSource
    void d20_streamCreatedAgain_stopsUntilTheHostDecides(Kind kind) throws Exception {
        streams.publish(A, 20);
        Replica replica = running(kind, 20, 0);
        streams.create(A, StreamRetention.unlimited());
        streams.publish(A, 30);
        assertStops(replica.manager(), StreamResetException.class);
        assertThat(replica.position(A).orElseThrow().sequence()).isEqualTo(20);
        TestDatabase.run(replica.database, "DELETE FROM applied");
        RecoveryReport report =
                replica.manager().recover(RecoveryOptions.defaults().onReset(A, ResetDecision.replayFromFirst()));
        assertThat(report.positions().of(A).orElseThrow().sequence()).isZero();
        assertHasAllOnce(replica);
        assertThat(replica.manager().recover().plan().outcome()).isEqualTo(RecoveryOutcome.UP_TO_DATE);
    }

    @ParameterizedTest
    @EnumSource
    void d20_acceptedPosition_isRecordedWithTheNewStream(Kind kind) throws Exception {
        streams.publish(A, 20);
        Replica replica = running(kind, 20, 0);
        streams.create(A, StreamRetention.unlimited());
        streams.publish(A, 30);
        replica.manager().recover(RecoveryOptions.defaults().onReset(ResetDecision.acceptAt(20)));
        assertHasAllOnce(replica);
    }

    @ParameterizedTest
    @EnumSource
    void d20_snapshotOfTheNewStream_isRestoredIfTheHostDecides(Kind kind) throws Exception {
        streams.publish(A, 20);
        Replica replica = running(kind, 20, 0);
        streams.create(A, StreamRetention.unlimited());
        streams.publish(A, 30);
        Replica peer = replica("peer", kind);
        peer.createTables();
        peer.manager().recover();
        peer.apply(A, 12);
        peer.manager().take();
        assertStops(replica.manager(), StreamResetException.class);
        replica.manager().recover(RecoveryOptions.defaults().onReset(ResetDecision.restore()));
        assertHasAllOnce(replica);
    }

    @ParameterizedTest
    @EnumSource
    void recover_oneStreamNeedsTheRestore_movesTheOtherBack(Kind kind) throws Exception {
        streams.publish(A, 20);
        streams.publish(B, 20);
        Replica replica = running(kind, 2, 20);
        Replica peer = replica("peer", kind);
        peer.createTables();
        peer.manager().recover();
        peer.apply(A, 15);
        peer.apply(B, 5);
        peer.manager().take();
        streams.dropBefore(A, 10);
        RecoveryReport report = replica.manager().recover();
        assertThat(((RecoveryPlan.Restore) report.plan()).movedBack()).containsEntry(B, new SequenceRange(6, 20));
        assertThat(replica.position(B).orElseThrow().sequence()).isEqualTo(5);
        assertHasAllOnce(replica);
    }

    @ParameterizedTest
    @EnumSource
    void recover_sameSnapshotRestoredTwice_movesBackTwice(Kind kind) throws Exception {
        streams.publish(A, 30);
        Replica replica = running(kind, 10, 0);
        SnapshotInfo taken = replica.manager().take();
        for (int i = 0; i < 2; i++) {
            replica.catchUp();
            replica.manager().restore(RestoreRequest.of(taken.id()));
            assertThat(replica.position(A).orElseThrow().sequence()).isEqualTo(10);
            replica.restart();
            assertThat(replica.manager().recover().plan().outcome()).isEqualTo(RecoveryOutcome.REPLAY);
        }
        assertHasAllOnce(replica);
    }

    @ParameterizedTest
    @EnumSource
    void recover_afterARestoreWithoutTheMap_usesThePositionsOfTheData(Kind kind) throws Exception {
        streams.publish(A, 30);
        Replica replica = running(kind, 10, 0);
        SnapshotInfo taken = replica.manager().take();
        replica.catchUp();
        SnapshotRepository.of("orders", store).restore(RestoreRequest.of(taken.id()), replica.database);
        RecoveryPlan plan = replica.manager().plan();
        assertThat(plan.streams().get(0).range()).isEqualTo(new SequenceRange(11, 30));
        replica.restart();
        assertThat(replica.manager().recover().plan()).isEqualTo(plan);
        assertHasAllOnce(replica);
    }

    @Test
    void take_afterARestoreWithoutTheMap_recordsThePositionsOfTheData() throws Exception {
        streams.publish(A, 30);
        Replica replica = running(Kind.FILE, 10, 0);
        SnapshotInfo taken = replica.manager().take();
        replica.catchUp();
        SnapshotRepository.of("orders", store).restore(RestoreRequest.of(taken.id()), replica.database);
        assertThat(replica.manager().take().positions()).isEqualTo(taken.positions());
    }

    @Test
    void recover_restoredOnANewMachineWithoutTheMap_stopsUntilTheHostDecides() throws Exception {
        streams.publish(A, 30);
        SnapshotInfo taken = running(Kind.FILE, 10, 0).manager().take();
        Replica moved = replica("moved", Kind.FILE);
        SnapshotRepository.of("orders", store).restore(RestoreRequest.of(taken.id()), moved.database);
        assertThatThrownBy(() -> moved.manager().recover())
                .isInstanceOf(PositionsLostException.class)
                .hasMessageContaining(taken.id().toString());
        assertThatThrownBy(() -> moved.manager().take()).isInstanceOf(PositionsLostException.class);
        moved.manager().recover(RecoveryOptions.defaults().usePositionsFromOrigin());
        assertHasAllOnce(moved);
    }

    @Test
    void recover_mapLost_stopsAndOverwritesNothing() throws Exception {
        streams.publish(A, 30);
        Replica replica = running(Kind.FILE, 10, 0);
        replica.manager().take();
        replica.apply(A, 20);
        replica.map().close();
        Files.delete(replica.mapFile);
        replica.restart();
        assertStops(replica.manager(), PositionsLostException.class);
        assertThat(replica.rows(A)).isEqualTo(all(20));
    }

    @Test
    void recover_databaseFileReplacedByACopy_reportsPositionsLost() throws Exception {
        streams.publish(A, 30);
        Replica replica = running(Kind.FILE, 10, 0);
        Path copy = Files.copy(replica.database, directory.resolve("copy.db"));
        SnapshotInfo taken = replica.manager().take();
        replica.manager().restore(RestoreRequest.of(taken.id()));
        Files.delete(replica.database);
        Files.copy(copy, replica.database);
        assertThatThrownBy(() -> replica.manager().recover())
                .isInstanceOf(PositionsLostException.class)
                .hasMessageContaining("by other means");
        assertThatThrownBy(() -> replica.manager().take()).isInstanceOf(PositionsLostException.class);
        streams.dropBefore(A, 5);
        replica.manager().recover(RecoveryOptions.defaults().replaceExistingRows());
        assertHasAllOnce(replica);
        assertThat(replica.manager().recover().plan().outcome()).isEqualTo(RecoveryOutcome.UP_TO_DATE);
    }

    @ParameterizedTest
    @EnumSource
    void recover_damagedSnapshot_isSkippedAndReported(Kind kind) throws Exception {
        streams.publish(A, 30);
        Replica replica = running(kind, 10, 0);
        SnapshotInfo older = replica.manager().take();
        replica.apply(A, 20);
        SnapshotInfo newer = replica.manager().take();
        store.damage("orders/packs/" + newer.id() + "-000000", new byte[(int) newer.storedBytes()]);
        Files.delete(replica.database);
        streams.dropBefore(A, 5);
        RecoveryReport report = replica.manager().recover();
        assertThat(report.restored().orElseThrow().snapshot()).isEqualTo(older);
        assertThat(report.passedOver()).containsOnlyKeys(newer.id());
        assertHasAllOnce(replica);
        store.damage("orders/packs/" + older.id() + "-000000", new byte[(int) older.storedBytes()]);
        Files.delete(replica.database);
        StreamGapException gap = catchThrowableOfType(
                StreamGapException.class, () -> replica.manager().recover());
        assertThat(gap.getSuppressed()).hasSize(2).allMatch(CorruptSnapshotException.class::isInstance);
        assertThat(replica.database).doesNotExist();
    }

    @Test
    void recover_mapAdoptedFromHarmonyLite_startsMissingStreamsAtZero() throws Exception {
        streams.publish(A, 30);
        streams.publish(B, 4);
        Replica replica = replica("node", Kind.FILE);
        replica.createTables();
        TestDatabase.run(replica.database, TestDatabase.fill("applied", "stream, sequence", "'" + A + "', i", 5));
        replica.map().close();
        byte[] harmonyLites = "\u00a1ichanges-a\u0005".getBytes(StandardCharsets.ISO_8859_1);
        Files.write(replica.mapFile, harmonyLites);
        FileSequenceMap.adopt(replica.mapFile).close();
        replica.restart();
        RecoveryPlan plan = replica.manager().plan();
        assertThat(plan.outcome()).isEqualTo(RecoveryOutcome.REPLAY);
        assertThat(plan.reason())
                .as("HarmonyLite records no creation time of streams")
                .contains("every message up to 5 is applied", "unproven");
        replica.manager().recover();
        assertHasAllOnce(replica);
    }

    @Test
    void recover_onlineAfterAGap_keepsConnectionsOpen() throws Exception {
        streams.publish(A, 30);
        Replica late = replica("late", Kind.FILE);
        late.createTables();
        late.manager().recover();
        late.apply(A, 3);
        running(Kind.TABLE, 25, 0).manager().take();
        streams.dropBefore(A, 20);
        try (Connection open = TestDatabase.open(late.database)) {
            assertThat(TestDatabase.value(open, "SELECT count(*) FROM applied")).isEqualTo("3");
            late.manager()
                    .recover(RecoveryOptions.defaults()
                            .restoreOptions(request -> request.online(WriteBarrier.noWriters())));
            assertThat(TestDatabase.value(open, "SELECT count(*) FROM applied")).isEqualTo("25");
        }
        assertHasAllOnce(late);
    }

    @Test
    void recover_requestForAnotherSnapshot_isRejected() throws Exception {
        streams.publish(A, 30);
        Replica replica = running(Kind.FILE, 25, 0);
        replica.manager().take();
        Files.delete(replica.database);
        assertThatThrownBy(() -> replica.manager()
                        .recover(RecoveryOptions.defaults().restoreOptions(request -> RestoreRequest.latest())))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(replica.database).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource
    void plan_anySituation_changesNothing(Kind kind) throws Exception {
        streams.publish(A, 30);
        Replica replica = running(kind, 10, 0);
        SnapshotInfo taken = replica.manager().take();
        streams.dropBefore(A, 12);
        assertPlanChangesNothing(replica, RecoveryOutcome.GAP);
        streams.create(A, StreamRetention.unlimited());
        assertPlanChangesNothing(replica, RecoveryOutcome.STREAM_RESET);
        SnapshotRepository.of("orders", store).restore(RestoreRequest.of(taken.id()), replica.database);
        assertPlanChangesNothing(replica, RecoveryOutcome.STREAM_RESET);
        Files.delete(replica.database);
        assertPlanChangesNothing(replica, RecoveryOutcome.STREAM_RESET);
    }

    private void assertPlanChangesNothing(Replica replica, RecoveryOutcome outcome) throws Exception {
        List<String> before = names(replica);
        byte[] database = Files.exists(replica.database) ? Files.readAllBytes(replica.database) : new byte[0];
        byte[] map = Files.exists(replica.mapFile) ? Files.readAllBytes(replica.mapFile) : new byte[0];
        assertThat(replica.manager().plan().outcome()).isEqualTo(outcome);
        assertThat(names(replica)).isEqualTo(before);
        if (Files.exists(replica.database)) {
            assertThat(replica.database).hasBinaryContent(database);
        }
        if (Files.exists(replica.mapFile)) {
            assertThat(replica.mapFile).hasBinaryContent(map);
        }
    }

    @ParameterizedTest
    @EnumSource
    void take_planStopsOrRestores_isRejected(Kind kind) throws Exception {
        streams.publish(A, 30);
        Replica replica = running(kind, 10, 0);
        replica.manager().take();
        streams.dropBefore(A, 15);
        assertThatThrownBy(() -> replica.manager().take()).isInstanceOf(StreamGapException.class);
        Replica peer = replica("peer", Kind.FILE);
        peer.createTables();
        streams.create(A, StreamRetention.unlimited());
        assertThatThrownBy(() -> replica.manager().take()).isInstanceOf(StreamResetException.class);
        assertThat(replica.manager().list().snapshots()).hasSize(1);
    }

    @Test
    void take_nodeNeedsARestore_reportsThatItMustRecoverFirst() throws Exception {
        streams.publish(A, 30);
        Replica late = replica("late", Kind.FILE);
        late.createTables();
        late.manager().recover();
        late.apply(A, 5);
        running(Kind.FILE, 20, 0).manager().take();
        streams.dropBefore(A, 15);
        StreamGapException gap = catchThrowableOfType(
                StreamGapException.class, () -> late.manager().take());
        assertThat(gap).hasMessageContaining("recovered first");
        assertThat(gap.plan()).isInstanceOf(RecoveryPlan.Restore.class);
    }

    /** The node applies messages while the server answers, and the stream has dropped those by then. */
    @ParameterizedTest
    @EnumSource
    void take_messagesAppliedDuringTheStreamQuery_areCounted(Kind kind) throws Exception {
        streams.publish(A, 30);
        Replica replica = running(kind, 10, 0);
        SlowStreams slow = new SlowStreams(() -> {
            replica.apply(A, 20);
            streams.dropBefore(A, 15);
        });
        SnapshotManager manager = replica.builder().streams(slow).build();
        assertThat(manager.take().positions().of(A).orElseThrow().sequence()).isEqualTo(20);
        assertThat(slow.hasRun).isTrue();
    }

    /** Streams that run an action before their first answer. */
    private final class SlowStreams implements Streams {

        private final Action action;
        private boolean hasRun;

        SlowStreams(Action action) {
            this.action = action;
        }

        @Override
        public SortedSet<String> names() {
            return streams.names();
        }

        @Override
        public Optional<StreamState> state(String stream) throws IOException {
            if (!hasRun) {
                hasRun = true;
                try {
                    action.run();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
            return streams.state(stream);
        }

        @Override
        public Optional<Instant> timestampAt(String stream, long sequence) throws IOException {
            return streams.timestampAt(stream, sequence);
        }
    }

    @FunctionalInterface
    private interface Action {
        void run() throws Exception;
    }

    @ParameterizedTest
    @EnumSource
    void take_withMap_recordsItsPositions(Kind kind) throws Exception {
        streams.publish(A, 30);
        Replica replica = running(kind, 10, 0);
        replica.manager().recover();
        assertThat(replica.manager().take().positions()).isEqualTo(replica.positions());
        assertThatThrownBy(() -> replica.manager().take(Positions.none()))
                .isInstanceOf(SnapshotConfigurationException.class);
    }

    @Test
    void prune_lastSnapshotThatCovers_isKeptBeyondRetention() throws Exception {
        streams.publish(A, 60);
        Replica replica = running(Kind.FILE, 30, 0);
        replica.manager().take();
        replica.apply(A, 50);
        SnapshotInfo covers = replica.manager().take();
        SnapshotManager.Builder byHand = SnapshotManager.builder("orders", replica.database, store);
        SnapshotInfo foreign = byHand.build().take(Positions.of("elsewhere", StreamPosition.at(1)));
        streams.dropBefore(A, 40);
        replica.builder().retention(RetentionPolicy.keepLast(1)).build().prune();
        assertThat(replica.manager().list().snapshots()).containsExactlyInAnyOrder(covers, foreign);
        streams.failWith(new IOException("no answer"));
        assertThatThrownBy(() -> replica.builder()
                        .retention(RetentionPolicy.keepLast(1))
                        .build()
                        .prune())
                .isInstanceOf(StreamUnavailableException.class);
    }

    @Test
    void recover_withoutStreams_restoresOnlyAMissingDatabase() throws Exception {
        Path database = TestDatabase.create(directory.resolve("plain.db"));
        SnapshotManager manager =
                SnapshotManager.builder("plain", database, store).build();
        SnapshotInfo taken = manager.take();
        assertThat(manager.recover().plan().outcome()).isEqualTo(RecoveryOutcome.UP_TO_DATE);
        Files.delete(database);
        assertThat(manager.recover().restored().orElseThrow().snapshot()).isEqualTo(taken);
        assertThat(TestDatabase.value(database, "PRAGMA user_version")).isEqualTo("42");
        Files.write(database, new byte[] {1, 2, 3});
        assertThatThrownBy(manager::recover).isInstanceOf(DatabaseDamagedException.class);
    }

    @Test
    void build_streamsWithoutPositions_isRejected() {
        assertThatThrownBy(() -> SnapshotManager.builder("orders", directory.resolve("x.db"), store)
                        .streams(streams)
                        .build())
                .isInstanceOf(SnapshotConfigurationException.class);
    }

    @Test
    void recover_serverUnreachable_changesNothing() throws Exception {
        Replica replica = running(Kind.FILE, 0, 0);
        streams.failWith(new IOException("no answer"));
        assertStops(replica.manager(), StreamUnavailableException.class);
        streams.failWith(new StreamAccessException("not allowed"));
        assertStops(replica.manager(), SnapshotConfigurationException.class);
        streams.failWith(null);
        streams.delete(A);
        assertStops(replica.manager(), StreamResetException.class);
        Replica mistyped = replica("mistyped", Kind.FILE);
        assertStops(mistyped.manager(), SnapshotConfigurationException.class);
    }

    @Test
    void recover_insideAMapAction_isRejected() throws Exception {
        streams.publish(A, 1);
        Replica replica = running(Kind.FILE, 0, 0);
        StreamPosition first = new StreamPosition(
                1,
                streams.timestampAt(A, 1).orElseThrow(),
                streams.state(A).orElseThrow().created());
        ((FileSequenceMap) replica.map()).apply(A, first, () -> {
            for (Runnable call : List.<Runnable>of(
                    () -> replica.manager().recover(),
                    () -> replica.manager().plan(),
                    () -> replica.manager().take(),
                    () -> replica.manager().restore(RestoreRequest.latest()))) {
                assertThatThrownBy(call::run).isInstanceOf(IllegalStateException.class);
            }
        });
    }

    @Test
    void recover_afterARestoreOfUnknownOutcome_allowsCountingAgain() throws Exception {
        streams.publish(A, 30);
        Replica replica = running(Kind.FILE, 20, 0);
        SnapshotInfo taken = replica.manager().take();
        replica.apply(A, 25);
        HookedFileOperations undurable = new HookedFileOperations((number, operation) -> {}) {
            private boolean renamed;

            @Override
            public void rename(Path from, Path to) throws IOException {
                super.rename(from, to);
                renamed |= to.endsWith("orders.db");
            }

            @Override
            public void syncDirectory(Path synced) throws IOException {
                if (renamed) {
                    throw new IOException("planned");
                }
                super.syncDirectory(synced);
            }
        };
        assertThatThrownBy(() -> replica.builder().files(undurable).build().restore(RestoreRequest.of(taken.id())))
                .hasMessageContaining("could not be made durable");
        assertThatThrownBy(() -> replica.apply(A, 26)).isInstanceOf(ConcurrentRestoreException.class);
        replica.manager().recover();
        assertThat(replica.position(A).orElseThrow().sequence()).isEqualTo(20);
        assertHasAllOnce(replica);
    }

    @Test
    void recover_whileAnotherRestoresTheDatabase_isRejected() throws Exception {
        streams.publish(A, 30);
        Replica replica = running(Kind.TABLE, 20, 0);
        replica.manager().take();
        Files.delete(replica.database);
        List<Throwable> rejections = new ArrayList<>();
        Recorder recorder = new Recorder()
                .onStart(
                        Stage.INSTALL,
                        () -> rejections.add(catchThrowableOfType(
                                SnapshotInProgressException.class,
                                () -> replica.manager().recover())));
        replica.builder().listener(recorder).build().recover();
        assertThat(rejections).hasSize(1).doesNotContainNull();
        assertHasAllOnce(replica);
    }

    /** The way on if no node has applied the missing messages; docs/wiring.md describes it. */
    @ParameterizedTest
    @EnumSource
    void recover_messagesThatNoNodeHas_goesOnFromATakeAtTheEndOfTheStreams(Kind kind) throws Exception {
        streams.publish(A, 5);
        Replica chosen = running(kind, 5, 0);
        Replica other = replica("other", kind);
        other.manager().recover();
        other.createTables();
        other.apply(A, 3);
        streams.publish(A, 20);
        streams.dropBefore(A, 15);
        assertStops(chosen.manager(), StreamGapException.class);
        if (kind == Kind.TABLE) {
            TestDatabase.run(
                    chosen.database,
                    "DROP TABLE __harmonylite__snapshot_positions",
                    "DROP TABLE __harmonylite__snapshot_ahead");
        }
        try (SnapshotManager withoutMap =
                SnapshotManager.builder("orders", chosen.database, store).build()) {
            withoutMap.take(Positions.of(A, StreamPosition.at(25)).with(B, StreamPosition.at(0)));
        }
        RecoveryOptions options = RecoveryOptions.defaults().replaceExistingRows();
        for (Replica replica : List.of(chosen, other)) {
            replica.manager().recover(options);
            streams.publish(A, 1);
            replica.catchUp();
            assertThat(replica.rows(A)).startsWith("1", "2", "3", "4", "5", "26");
        }
    }
}
