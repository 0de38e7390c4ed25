package io.harmonylite.snapshot.internal.trim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.recovery.StreamFacts;
import io.harmonylite.snapshot.stream.StreamRetention;
import io.harmonylite.snapshot.stream.StreamState;
import io.harmonylite.snapshot.trim.StreamTrim;
import io.harmonylite.snapshot.trim.TrimBound;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Stream a has messages 101 to 1,000, stream b has 1 to 500. Members are at the end of both, and 10 messages are kept.
 */
class TrimRuleTest {

    private static final Instant CREATED = Instant.parse("2026-11-01T00:00:00Z");
    private static final ImageInfo IMAGE =
            new ImageInfo(4096, 1, 0, 0, "UTF-8", "wal", "00".repeat(32), "00".repeat(32));

    private final List<SnapshotInfo> proven = new ArrayList<>();
    private final Map<String, Long> members = new HashMap<>(Map.of("a", 1_000L, "b", 500L));
    private StreamState a = state(101, 1_000);
    private StreamState b = state(1, 500);
    private Positions own = positions(1_000, 500);
    private SequenceRange deleted;

    private static StreamState state(long first, long last) {
        return new StreamState(first, last, last - first + 1, 0, CREATED, StreamRetention.unlimited());
    }

    private static StreamPosition at(long sequence) {
        return new StreamPosition(sequence, null, CREATED);
    }

    private static Positions positions(long inA, long inB) {
        return Positions.of("a", at(inA)).with("b", at(inB));
    }

    private TrimRuleTest proven(Positions positions) {
        SnapshotId id = SnapshotId.of(CREATED, "n", proven.size());
        proven.add(new SnapshotInfo(id, "orders", CREATED, CREATED, "1", positions, IMAGE, 1));
        return this;
    }

    private List<StreamTrim> decide() {
        List<StreamFacts> facts = List.of(
                StreamFacts.of("a", null, a, Map.of()).withDeleted(deleted), StreamFacts.of("b", null, b, Map.of()));
        return TrimRule.decide(new TrimFacts(proven, own, facts, members), 10);
    }

    private void assertDecision(long keptInA, TrimBound boundInA, long keptInB, TrimBound boundInB) {
        assertThat(decide())
                .containsExactly(
                        new StreamTrim("a", a.first(), keptInA, keptInA - a.first(), boundInA),
                        new StreamTrim("b", b.first(), keptInB, keptInB - b.first(), boundInB));
    }

    private void assertTrimsNothing(TrimBound bound) {
        assertDecision(a.first(), bound, b.first(), bound);
    }

    @Test
    void decide_twoProven_olderBoundsEachStream() {
        proven(positions(700, 400)).proven(positions(600, 450));
        assertDecision(600, TrimBound.SNAPSHOTS, 400, TrimBound.SNAPSHOTS);
    }

    @Test
    void decide_provenSnapshotLacksDeletedMessage_trimsNothing() {
        proven(positions(700, 400)).proven(positions(600, 450));
        deleted = new SequenceRange(200, 600);
        assertDecision(600, TrimBound.SNAPSHOTS, 400, TrimBound.SNAPSHOTS);
        deleted = new SequenceRange(200, 601);
        assertTrimsNothing(TrimBound.NOT_COVERED);
    }

    @Test
    void decide_fewerThanTwoProven_trimsNothing() {
        assertTrimsNothing(TrimBound.NOT_PROVEN);
        proven(positions(700, 400));
        assertTrimsNothing(TrimBound.NOT_PROVEN);
    }

    @Test
    void decide_thisNodeBehind_isTheBound() {
        own = positions(300, 20);
        proven(positions(700, 400)).proven(positions(600, 450));
        assertDecision(300, TrimBound.THIS_NODE, 20, TrimBound.THIS_NODE);
    }

    @Test
    void decide_thisNodeWithoutPosition_trimsNothing() {
        own = Positions.none();
        proven(positions(700, 400)).proven(positions(600, 450));
        assertTrimsNothing(TrimBound.THIS_NODE);
    }

    @Test
    void decide_noNode_snapshotsAreTheBound() {
        own = null;
        proven(positions(700, 400)).proven(positions(600, 450));
        assertDecision(600, TrimBound.SNAPSHOTS, 400, TrimBound.SNAPSHOTS);
    }

    @Test
    void decide_membersBehindOrUnknown_areTheBound() {
        members.put("a", 250L);
        members.remove("b");
        proven(positions(700, 400)).proven(positions(600, 450));
        assertDecision(250, TrimBound.MEMBERS, 1, TrimBound.MEMBERS_UNKNOWN);
    }

    @Test
    void decide_lastMessages_areKept() {
        proven(positions(1_000, 500)).proven(positions(1_000, 495));
        assertDecision(991, TrimBound.MESSAGES_KEPT, 491, TrimBound.MESSAGES_KEPT);
    }

    @Test
    void decide_snapshotAtFirstMessage_trimsNothing() {
        proven(positions(101, 1)).proven(positions(100, 0));
        assertTrimsNothing(TrimBound.SNAPSHOTS);
    }

    @Test
    void decide_oneStreamNotCovered_trimsNothing() {
        proven(positions(700, 400)).proven(positions(99, 450));
        assertTrimsNothing(TrimBound.NOT_COVERED);
    }

    @Test
    void decide_streamMissingInSnapshot_countsAsZero() {
        proven(positions(700, 400)).proven(Positions.of("a", at(600)));
        assertDecision(600, TrimBound.SNAPSHOTS, 1, TrimBound.SNAPSHOTS);
        b = state(2, 500);
        assertTrimsNothing(TrimBound.NOT_COVERED);
    }

    @Test
    void decide_snapshotWithoutPositions_trimsNothing() {
        proven(positions(700, 400)).proven(Positions.none());
        assertTrimsNothing(TrimBound.NOT_COVERED);
    }

    @Test
    void decide_otherCreationTime_trimsNothing() {
        a = new StreamState(101, 1_000, 900, 0, CREATED.plusSeconds(1), StreamRetention.unlimited());
        proven(positions(700, 400)).proven(positions(600, 450));
        assertTrimsNothing(TrimBound.NOT_COVERED);
    }

    @Test
    void decide_snapshotAheadOfStream_trimsNothing() {
        proven(positions(1_001, 400)).proven(positions(600, 450));
        assertTrimsNothing(TrimBound.NOT_COVERED);
    }

    @Test
    void decide_unknownCreationTime_keepsThatStream() {
        proven(positions(700, 400))
                .proven(Positions.of("a", StreamPosition.at(600)).with("b", at(450)));
        assertDecision(101, TrimBound.UNKNOWN_STREAM, 400, TrimBound.SNAPSHOTS);
    }

    @Test
    void decide_thisNodeAheadOfStream_keepsThatStream() {
        own = Positions.of("a", at(900)).with("b", at(501));
        proven(positions(700, 400)).proven(positions(600, 450));
        assertDecision(600, TrimBound.SNAPSHOTS, 1, TrimBound.UNKNOWN_STREAM);
    }

    @Test
    void decide_streamMissing_trimsNothing() {
        b = null;
        proven(positions(700, 400)).proven(positions(600, 450));
        assertThat(decide())
                .extracting(StreamTrim::isTrimmed, StreamTrim::bound)
                .containsOnly(tuple(false, TrimBound.NO_STREAM));
    }
}
