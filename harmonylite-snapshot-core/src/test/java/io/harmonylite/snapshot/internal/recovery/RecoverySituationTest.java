package io.harmonylite.snapshot.internal.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.internal.catalog.SnapshotOrder;
import io.harmonylite.snapshot.internal.recovery.World.Kind;
import io.harmonylite.snapshot.internal.recovery.World.Mark;
import io.harmonylite.snapshot.internal.recovery.World.Stream;
import io.harmonylite.snapshot.recovery.DatabaseState;
import io.harmonylite.snapshot.recovery.StreamFacts;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecoverySituationTest {

    private static final World ONE_STREAM =
            new World(DatabaseState.WITH_ROWS, List.of(new Stream(0, 1, 12, null)), List.of());

    private static SnapshotInfo snapshot(int index, Mark mark) {
        return World.snapshot(index, Positions.of("s0", mark.position()));
    }

    @Test
    void latest_formerStreamWithHigherSequences_isBehindThePresentOne() {
        SnapshotInfo present = snapshot(1, new Mark(3, Kind.PRESENT));
        SnapshotInfo former = snapshot(2, new Mark(9, Kind.FORMER));
        SnapshotInfo beyond = snapshot(3, new Mark(13, Kind.PRESENT));
        RecoverySituation situation = ONE_STREAM.situation();
        assertThat(situation.latest(List.of(former, present, beyond))).contains(present);
        assertThat(situation.isAtLeast(former.positions(), present.positions())).isFalse();
        assertThat(situation.isAtLeast(present.positions(), former.positions())).isTrue();
        assertThat(situation.latest(List.of(former, beyond)))
                .as("the highest generation")
                .contains(beyond);
    }

    @Test
    void latest_unknownIdentity_isComparedBySequence() {
        SnapshotInfo unknown = snapshot(1, new Mark(9, Kind.UNKNOWN));
        SnapshotInfo present = snapshot(2, new Mark(3, Kind.PRESENT));
        assertThat(ONE_STREAM.situation().latest(List.of(unknown, present))).contains(unknown);
    }

    @Test
    void latest_streamNotRecorded_countsAsZero() {
        SnapshotInfo without = World.snapshot(2, Positions.of("other", StreamPosition.at(99)));
        SnapshotInfo with = snapshot(1, new Mark(1, Kind.PRESENT));
        assertThat(ONE_STREAM.situation().latest(List.of(with, without))).contains(with);
        SnapshotInfo both =
                World.snapshot(1, Positions.of("a", StreamPosition.at(5)).with("b", StreamPosition.at(0)));
        SnapshotInfo one = World.snapshot(2, Positions.of("a", StreamPosition.at(4)));
        assertThat(SnapshotOrder.latest(List.of(both, one)))
                .as("without streams too")
                .contains(both);
    }

    @Test
    void covering_snapshotWithoutPositions_neverCovers() {
        RecoverySituation situation =
                new World(DatabaseState.MISSING, List.of(new Stream(0, 1, 0, null)), List.of()).situation();
        SnapshotInfo none = World.snapshot(1, Positions.none());
        SnapshotInfo zero = World.snapshot(2, Positions.of("other", StreamPosition.at(0)));
        RecoverySituation both = new RecoverySituation(situation.database(), situation.streams(), List.of(none, zero));
        assertThat(both.covering()).containsExactly(zero);
        assertThat(both.without(Set.of(zero.id())).covering()).isEmpty();
    }

    @Test
    void constructor_duplicateStream_isRejected() {
        List<StreamFacts> facts = ONE_STREAM.situation().streams();
        List<StreamFacts> twice = List.of(facts.get(0), facts.get(0));
        assertThatThrownBy(() -> new RecoverySituation(DatabaseState.MISSING, twice, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
