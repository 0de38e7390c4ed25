package io.harmonylite.snapshot.internal.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.recovery.DatabaseState;
import io.harmonylite.snapshot.recovery.PositionsLostException;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.recovery.RecoveryPlan;
import io.harmonylite.snapshot.recovery.ResetDecision;
import io.harmonylite.snapshot.recovery.StreamFacts;
import io.harmonylite.snapshot.recovery.StreamGapException;
import io.harmonylite.snapshot.recovery.StreamIdentity;
import io.harmonylite.snapshot.recovery.StreamResetException;
import io.harmonylite.snapshot.stream.StreamRetention;
import io.harmonylite.snapshot.stream.StreamState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The faults by which HarmonyLite loses data, and the plan for each. */
class RecoveryFaultsTest {

    private static final Instant CREATED = Instant.parse("2026-11-02T08:00:00Z");
    private static final Instant EARLIER = Instant.parse("2026-10-02T08:00:00Z");
    private static final RecoveryOptions OPTIONS = RecoveryOptions.defaults();

    private static StreamState stream(long first, long last) {
        return new StreamState(first, last, last - first + 1, 0, CREATED, StreamRetention.unlimited());
    }

    private static StreamPosition at(long sequence) {
        return new StreamPosition(sequence, null, CREATED);
    }

    private static SnapshotInfo snapshot(int index, long sequence) {
        return World.snapshot(index, Positions.of("orders", at(sequence)));
    }

    private static RecoveryPlan plan(
            DatabaseState database,
            @Nullable StreamPosition position,
            @Nullable StreamState state,
            RecoveryOptions options,
            SnapshotInfo... snapshots) {
        StreamFacts facts = StreamFacts.of("orders", position, state, Map.of());
        return Planner.plan(new RecoverySituation(database, List.of(facts), List.of(snapshots)), options);
    }

    @Test
    void d03_gapWithoutSnapshot_stopsWithTheMissingRange() {
        RecoveryPlan plan = plan(DatabaseState.WITH_ROWS, null, stream(45, 60), OPTIONS.replaceExistingRows());
        assertThat(plan).isInstanceOf(RecoveryPlan.Gap.class);
        assertThat(plan.streams().get(0).range()).isEqualTo(new SequenceRange(1, 44));
        assertThat(plan.reason())
                .isEqualTo("orders: messages 1 to 44 were removed from the stream, and no snapshot exists;"
                        + " take a snapshot on a node that applied them, then recover again");
        StreamGapException thrown = (StreamGapException) ((RecoveryPlan.Stop) plan).exception();
        assertThat(thrown.plan()).isEqualTo(plan);
        assertThat(thrown).hasMessage(plan.reason());
    }

    @Test
    void d05_afterRestore_everyStreamContinuesAfterTheSnapshot() {
        RecoveryPlan plan = plan(DatabaseState.MISSING, null, stream(20, 60), OPTIONS, snapshot(1, 50));
        assertThat(((RecoveryPlan.Restore) plan).resume()).isEqualTo(Positions.of("orders", at(50)));
    }

    @Test
    void d06_snapshotOlderThanTheFirstMessage_isNotRestored() {
        RecoveryPlan plan = plan(DatabaseState.WITH_ROWS, at(10), stream(337, 464), OPTIONS, snapshot(1, 128));
        assertThat(plan).isInstanceOf(RecoveryPlan.Gap.class);
        assertThat(plan.streams().get(0).range()).isEqualTo(new SequenceRange(11, 336));
        assertThat(plan.reason()).contains("none of 1 snapshots covers");
    }

    @Test
    void d06_severalSnapshots_restoresTheOneThatCovers() {
        SnapshotInfo covers = snapshot(1, 336);
        RecoveryPlan plan = plan(
                DatabaseState.WITH_ROWS, at(10), stream(337, 464), OPTIONS, snapshot(2, 335), covers, snapshot(3, 465));
        assertThat(((RecoveryPlan.Restore) plan).snapshot()).isEqualTo(covers);
    }

    @Test
    void d07_nodeBehindTheStream_isAGap() {
        RecoveryPlan plan = plan(DatabaseState.WITH_ROWS, at(47), stream(200, 215), OPTIONS);
        assertThat(plan).isInstanceOf(RecoveryPlan.Gap.class);
        assertThat(plan.streams().get(0).range()).isEqualTo(new SequenceRange(48, 199));
    }

    @Test
    void d09_newNodeWithFullHistory_replaysAndOverwritesNothing() {
        RecoveryPlan plan =
                plan(DatabaseState.WITH_ROWS, null, stream(1, 30), OPTIONS.replaceExistingRows(), snapshot(1, 30));
        assertThat(plan).isInstanceOf(RecoveryPlan.Replay.class);
        assertThat(plan.streams().get(0).range()).isEqualTo(new SequenceRange(1, 30));
    }

    @Test
    void d09_streamEmptiedWithNothingMissing_isUpToDate() {
        RecoveryPlan plan = plan(DatabaseState.WITH_ROWS, at(30), stream(31, 30), OPTIONS, snapshot(1, 30));
        assertThat(plan).isInstanceOf(RecoveryPlan.UpToDate.class);
        assertThat(plan.reason()).startsWith("orders: every message up to 30 is applied");
    }

    @Test
    void d20_streamCreatedAgain_stopsForAnySequences() {
        StreamPosition former = new StreamPosition(20, null, EARLIER);
        for (StreamState now : List.of(stream(1, 5), stream(1, 20), stream(1, 30), stream(21, 30), stream(25, 30))) {
            RecoveryPlan plan = plan(DatabaseState.WITH_ROWS, former, now, OPTIONS, snapshot(1, now.last()));
            assertThat(plan).isInstanceOf(RecoveryPlan.StreamReset.class);
            StreamResetException thrown = (StreamResetException) ((RecoveryPlan.Stop) plan).exception();
            assertThat(thrown.plan()).isEqualTo(plan);
        }
    }

    @Test
    void d20_streamDeleted_stops() {
        RecoveryPlan plan = plan(DatabaseState.WITH_ROWS, at(20), null, OPTIONS);
        assertThat(plan).isInstanceOf(RecoveryPlan.StreamReset.class);
        assertThat(plan.reason()).startsWith("orders: the stream no longer exists;");
    }

    @Test
    void d20_newNodeWithSnapshotsOfTheFormerStreamOnly_stops() {
        SnapshotInfo former = World.snapshot(1, Positions.of("orders", new StreamPosition(20, null, EARLIER)));
        assertThat(plan(DatabaseState.MISSING, null, stream(1, 30), OPTIONS, former))
                .isInstanceOf(RecoveryPlan.StreamReset.class);
        assertThat(plan(DatabaseState.MISSING, null, stream(1, 30), OPTIONS, former, snapshot(2, 25)))
                .isInstanceOf(RecoveryPlan.Restore.class);
    }

    @Test
    void d20_serverSetBackToOlderStorage_isDetectedByTheTimestamp() {
        StreamPosition noted = new StreamPosition(20, CREATED.plusSeconds(20), CREATED);
        StreamFacts facts = StreamFacts.of("orders", noted, stream(1, 30), Map.of(20L, CREATED.plusSeconds(99)));
        RecoveryPlan plan =
                Planner.plan(new RecoverySituation(DatabaseState.WITH_ROWS, List.of(facts), List.of()), OPTIONS);
        assertThat(plan).isInstanceOf(RecoveryPlan.StreamReset.class);
        assertThat(plan.reason()).contains("message 20 is not the message that was applied");
    }

    @Test
    void d20_decisionOfTheHost_isCarriedOut() {
        StreamPosition former = new StreamPosition(20, null, EARLIER);
        RecoveryPlan replay =
                plan(DatabaseState.WITH_ROWS, former, stream(1, 30), OPTIONS.onReset(ResetDecision.replayFromFirst()));
        assertThat(((RecoveryPlan.Replay) replay).resume()).isEqualTo(Positions.of("orders", at(0)));
        RecoveryPlan accepted =
                plan(DatabaseState.WITH_ROWS, former, stream(1, 30), OPTIONS.onReset(ResetDecision.acceptAt(20)));
        assertThat(((RecoveryPlan.Replay) accepted).resume()).isEqualTo(Positions.of("orders", at(20)));
        RecoveryPlan restored = plan(
                DatabaseState.WITH_ROWS,
                former,
                stream(1, 30),
                OPTIONS.onReset(ResetDecision.restore()),
                snapshot(1, 12));
        assertThat(((RecoveryPlan.Restore) restored).resume()).isEqualTo(Positions.of("orders", at(12)));
        assertThat(((RecoveryPlan.Restore) restored).movedBack()).isEmpty();
    }

    @Test
    void d20_impossibleDecision_stopsAndReportsWhy() {
        StreamPosition former = new StreamPosition(20, null, EARLIER);
        assertThat(reset(former, stream(5, 30), ResetDecision.replayFromFirst()))
                .contains("messages 1 to 4 were removed");
        assertThat(reset(former, stream(5, 30), ResetDecision.restore()))
                .contains("no snapshot covers the current stream");
        assertThat(reset(former, stream(5, 30), ResetDecision.acceptAt(31)))
                .contains("the stream holds messages 5 to 30");
        assertThat(reset(former, stream(5, 30), ResetDecision.acceptAt(3))).contains("sequence 3 cannot be accepted");
        assertThat(reset(former, stream(5, 30), ResetDecision.stop())).contains("choose a reset decision");
    }

    private static String reset(StreamPosition position, StreamState state, ResetDecision decision) {
        RecoveryPlan plan = plan(DatabaseState.WITH_ROWS, position, state, OPTIONS.onReset(decision));
        assertThat(plan).isInstanceOf(RecoveryPlan.StreamReset.class);
        return plan.reason();
    }

    @Test
    void d36_databaseDeleted_isRestoredDespiteTheMap() {
        SnapshotInfo newest = snapshot(1, 40);
        RecoveryPlan plan = plan(DatabaseState.MISSING, at(60), stream(1, 60), OPTIONS, newest);
        assertThat(((RecoveryPlan.Restore) plan).snapshot()).isEqualTo(newest);
        assertThat(((RecoveryPlan.Restore) plan).movedBack()).containsEntry("orders", new SequenceRange(41, 60));
        assertThat(plan.reason())
                .startsWith(
                        "No usable database exists, so recorded positions are ignored. Restore snapshot " + newest.id())
                .contains("orders moves back: 41 to 60 will be applied again");
    }

    @Test
    void d36_databaseDeletedAndNoSnapshot_replaysEverythingOrStops() {
        RecoveryPlan whole = plan(DatabaseState.MISSING, at(60), stream(1, 60), OPTIONS);
        assertThat(((RecoveryPlan.Replay) whole).resume()).isEqualTo(Positions.of("orders", at(0)));
        assertThat(plan(DatabaseState.MISSING, at(60), stream(2, 60), OPTIONS)).isInstanceOf(RecoveryPlan.Gap.class);
    }

    @Test
    void of_rowsWithoutPositions_stopsUnlessTheNodeIsNew() {
        RecoveryPlan plan = plan(DatabaseState.WITH_ROWS, null, stream(10, 60), OPTIONS, snapshot(1, 50));
        assertThat(plan).isInstanceOf(RecoveryPlan.PositionsLost.class);
        PositionsLostException thrown = (PositionsLostException) ((RecoveryPlan.Stop) plan).exception();
        assertThat(thrown.plan()).isEqualTo(plan);
        assertThat(plan(DatabaseState.WITH_ROWS, null, stream(10, 60), OPTIONS.replaceExistingRows(), snapshot(1, 50)))
                .isInstanceOf(RecoveryPlan.Restore.class);
    }

    @Test
    void of_damagedDatabase_stopsUnlessReplacementIsAllowed() {
        RecoveryPlan plan = plan(DatabaseState.DAMAGED, at(60), stream(1, 60), OPTIONS, snapshot(1, 50));
        assertThat(plan).isInstanceOf(RecoveryPlan.DatabaseDamaged.class);
        assertThat(((RecoveryPlan.Stop) plan).exception()).isInstanceOf(DatabaseDamagedException.class);
        assertThat(plan(DatabaseState.DAMAGED, at(60), stream(1, 60), OPTIONS.replaceDamaged(), snapshot(1, 50)))
                .isInstanceOf(RecoveryPlan.Restore.class);
    }

    @Test
    void of_unknownStream_isRejected() {
        assertThatThrownBy(() -> plan(DatabaseState.WITH_ROWS, null, null, OPTIONS))
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("orders does not exist");
    }

    @Test
    void of_positionOfUnknownIdentity_isUnproven() {
        RecoveryPlan plan = plan(DatabaseState.WITH_ROWS, StreamPosition.at(20), stream(1, 30), OPTIONS);
        assertThat(plan.streams().get(0).identity()).isEqualTo(StreamIdentity.UNPROVEN);
        assertThat(plan.reason()).endsWith("is unproven");
        assertThat(((RecoveryPlan.Replay) plan).resume())
                .as("from now on with the creation time of the stream")
                .isEqualTo(Positions.of("orders", at(20)));
        RecoveryPlan proven = plan(DatabaseState.WITH_ROWS, at(0), stream(1, 30), OPTIONS);
        assertThat(proven.streams().get(0).identity()).isEqualTo(StreamIdentity.PROVEN);
        assertThat(proven.reason()).isEqualTo("orders: no message is applied; the host replays 1 to 30");
    }

    @Test
    void of_lagAboveTheLimit_restoresOnlyASnapshotThatIsAhead() {
        RecoveryOptions limited = OPTIONS.maxReplayMessages(10);
        assertThat(plan(DatabaseState.WITH_ROWS, at(20), stream(1, 40), limited, snapshot(1, 30)))
                .isInstanceOf(RecoveryPlan.Restore.class);
        assertThat(plan(DatabaseState.WITH_ROWS, at(20), stream(1, 40), limited, snapshot(1, 20)))
                .as("a restore would not help")
                .isInstanceOf(RecoveryPlan.Replay.class);
        assertThat(plan(DatabaseState.WITH_ROWS, at(30), stream(1, 40), limited, snapshot(1, 35)))
                .as("exactly at the limit")
                .isInstanceOf(RecoveryPlan.Replay.class);
    }

    @Test
    void of_noStreams_restoresTheLatestIfTheDatabaseIsMissing() {
        SnapshotInfo one = World.snapshot(1, Positions.none());
        SnapshotInfo two = World.snapshot(2, Positions.none());
        assertThat(((RecoveryPlan.Restore) streamless(DatabaseState.MISSING, OPTIONS, two, one)).snapshot())
                .isEqualTo(two);
        assertThat(streamless(DatabaseState.MISSING, OPTIONS)).isInstanceOf(RecoveryPlan.UpToDate.class);
        assertThat(streamless(DatabaseState.WITH_ROWS, OPTIONS, one)).isInstanceOf(RecoveryPlan.UpToDate.class);
        assertThat(streamless(DatabaseState.WITHOUT_ROWS, OPTIONS, one)).isInstanceOf(RecoveryPlan.UpToDate.class);
        assertThat(streamless(DatabaseState.DAMAGED, OPTIONS, one)).isInstanceOf(RecoveryPlan.DatabaseDamaged.class);
        assertThat(streamless(DatabaseState.DAMAGED, OPTIONS.replaceDamaged(), one))
                .isInstanceOf(RecoveryPlan.Restore.class);
        assertThat(streamless(DatabaseState.DAMAGED, OPTIONS.replaceDamaged()))
                .as("no snapshot to restore")
                .isInstanceOf(RecoveryPlan.DatabaseDamaged.class);
    }

    private static RecoveryPlan streamless(DatabaseState database, RecoveryOptions options, SnapshotInfo... snapshots) {
        return Planner.plan(new RecoverySituation(database, List.of(), List.of(snapshots)), options);
    }
}
