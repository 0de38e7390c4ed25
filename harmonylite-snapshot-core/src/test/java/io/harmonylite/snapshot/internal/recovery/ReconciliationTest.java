package io.harmonylite.snapshot.internal.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.internal.format.Binding;
import io.harmonylite.snapshot.internal.install.DatabaseLook;
import io.harmonylite.snapshot.internal.recovery.Reconciliation.Unbound;
import io.harmonylite.snapshot.internal.recovery.Reconciliation.UnknownOrigin;
import io.harmonylite.snapshot.internal.recovery.RecoverySituation.Doubt;
import io.harmonylite.snapshot.internal.recovery.RecoverySituation.Doubt.Cause;
import io.harmonylite.snapshot.internal.sequence.MapState;
import io.harmonylite.snapshot.internal.sequence.MapState.Rest;
import io.harmonylite.snapshot.internal.sqlite.Origin;
import io.harmonylite.snapshot.recovery.DatabaseState;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReconciliationTest {

    private static final Positions TEN = Positions.of("changes", StreamPosition.at(10));
    private static final Positions TWENTY = Positions.of("changes", StreamPosition.at(20));
    private static final Origin ORIGIN = new Origin("aa", "snapshot-7", TEN, Collections.emptySortedMap());

    private static MapState map(Positions positions, Optional<String> restoreId) {
        return map(positions, restoreId, Optional.empty());
    }

    private static MapState map(Positions positions, Optional<String> restoreId, Optional<Binding> binding) {
        return new MapState(positions, Collections.emptySortedMap(), restoreId, binding, Rest.UNKNOWN);
    }

    private static Optional<Binding> bound(String id, long counter) {
        return Optional.of(new Binding(id, counter));
    }

    /** Reconciles a map and a database that have the same binding. */
    private static Reconciliation file(
            MapState map, DatabaseState state, Optional<Origin> origin, UnknownOrigin unknown) {
        MapState bound = map(map.positions(), map.restoreId(), bound("b", 2));
        return Reconciliation.ofFile(bound, new DatabaseLook(state, origin, bound("b", 2)), unknown, Unbound.REJECTED);
    }

    private static @Nullable String doubt(MapState map, DatabaseState state, Optional<Binding> database, Unbound how) {
        Doubt doubt = Reconciliation.ofFile(
                        map, new DatabaseLook(state, Optional.empty(), database), UnknownOrigin.DOUBTED, how)
                .doubt();
        return doubt == null ? null : doubt.reason();
    }

    private static void assertKeepsPositions(Reconciliation reconciliation, Positions positions) {
        assertThat(reconciliation).isEqualTo(new Reconciliation(positions, null, null));
    }

    @Test
    void ofFile_sameRestoreOrNone_keepsPositions() {
        for (UnknownOrigin unknown : UnknownOrigin.values()) {
            assertKeepsPositions(
                    file(map(TWENTY, Optional.of("aa")), DatabaseState.WITH_ROWS, Optional.of(ORIGIN), unknown),
                    TWENTY);
            assertKeepsPositions(
                    file(map(TWENTY, Optional.empty()), DatabaseState.WITH_ROWS, Optional.empty(), unknown), TWENTY);
            assertKeepsPositions(
                    file(
                            map(Positions.none(), Optional.empty()),
                            DatabaseState.WITHOUT_ROWS,
                            Optional.empty(),
                            unknown),
                    Positions.none());
        }
    }

    @Test
    void ofFile_restoreUnknownToMap_setsPositions() {
        for (Optional<String> known : List.of(Optional.of("bb"), Optional.<String>empty())) {
            assertThat(file(map(TWENTY, known), DatabaseState.WITH_ROWS, Optional.of(ORIGIN), UnknownOrigin.DOUBTED))
                    .isEqualTo(new Reconciliation(TEN, ORIGIN, null));
        }
    }

    @Test
    void ofFile_restoreUnknownToEmptyMap_isDoubtedUnlessTrusted() {
        MapState empty = map(Positions.none(), Optional.empty());
        Reconciliation doubted = file(empty, DatabaseState.WITH_ROWS, Optional.of(ORIGIN), UnknownOrigin.DOUBTED);
        assertThat(doubted.doubt().reason()).contains("snapshot-7", "{changes=10}");
        assertThat(doubted.positions()).isEqualTo(Positions.none());
        assertThat(doubted.set()).isNull();
        assertThat(file(empty, DatabaseState.WITH_ROWS, Optional.of(ORIGIN), UnknownOrigin.TRUSTED))
                .isEqualTo(new Reconciliation(TEN, ORIGIN, null));
    }

    @Test
    void ofFile_restoreUnknownToDatabase_isDoubtedUnlessTheBindingMatches() {
        MapState restored = map(TWENTY, Optional.of("aa"), bound("b", 0));
        for (DatabaseState state : DatabaseState.values()) {
            boolean exists = state == DatabaseState.WITH_ROWS || state == DatabaseState.WITHOUT_ROWS;
            assertThat(doubt(restored, state, Optional.empty(), Unbound.ACCEPTED_IF_NEITHER_IS_BOUND) != null)
                    .as("%s", state)
                    .isEqualTo(exists);
        }
        assertKeepsPositions(file(restored, DatabaseState.WITH_ROWS, Optional.empty(), UnknownOrigin.DOUBTED), TWENTY);
    }

    @Test
    void ofFile_restoreWithoutPositions_isNamedAndItsRowsAreKnown() {
        Optional<Origin> origin =
                Optional.of(new Origin("aa", "snapshot-7", Positions.none(), Collections.emptySortedMap()));
        for (DatabaseState state : List.of(DatabaseState.WITH_ROWS, DatabaseState.WITHOUT_ROWS)) {
            Reconciliation unrecorded = file(map(TWENTY, Optional.of("bb")), state, origin, UnknownOrigin.DOUBTED);
            assertThat(unrecorded.positions()).isEqualTo(Positions.none());
            assertThat(unrecorded.doubt().cause()).isEqualTo(Cause.RESTORED_UNRECORDED);
            assertThat(unrecorded.doubt().reason()).contains("restore aa", "snapshot-7", "does not record");
            for (UnknownOrigin unknown : UnknownOrigin.values()) {
                assertThat(file(map(Positions.none(), Optional.of("aa")), state, origin, unknown)
                                .doubt()
                                .cause())
                        .isEqualTo(Cause.RESTORED_AS_RECORDED);
                assertKeepsPositions(file(map(TWENTY, Optional.of("aa")), state, origin, unknown), TWENTY);
            }
        }
        assertThat(Reconciliation.ofTable(map(Positions.none(), Optional.empty()), origin)
                        .doubt()
                        .cause())
                .isEqualTo(Cause.RESTORED_AS_RECORDED);
    }

    @Test
    void ofFile_bindingThatProvesAnotherDatabase_isIgnoredWhateverTheHostSays() {
        for (Unbound how : Unbound.values()) {
            MapState map = map(TWENTY, Optional.empty(), bound("b", 5));
            assertThat(doubt(map, DatabaseState.WITH_ROWS, bound("c", 9), how)).contains("another sequence map");
            assertThat(doubt(map, DatabaseState.WITH_ROWS, bound("b", 4), how)).contains("older copy");
            assertThat(doubt(map, DatabaseState.WITH_ROWS, bound("b", 5), how)).isNull();
            assertThat(doubt(map, DatabaseState.WITHOUT_ROWS, bound("b", 6), how))
                    .isNull();
            assertThat(doubt(map, DatabaseState.WITHOUT_ROWS, Optional.empty(), how))
                    .contains("created anew");
        }
    }

    @Test
    void ofFile_bindingOfOneSideOrNone_isIgnoredUnlessTheHostVouches() {
        MapState one = map(TWENTY, Optional.empty(), bound("b", 5));
        MapState none = map(TWENTY, Optional.empty());
        MapState unconfirmed = map(TWENTY, Optional.empty(), bound("b", 0));
        for (Unbound how : List.of(Unbound.REJECTED, Unbound.ACCEPTED_IF_NEITHER_IS_BOUND)) {
            assertThat(doubt(one, DatabaseState.WITH_ROWS, Optional.empty(), how))
                    .contains("-cleanup", "accept an unbound map");
            assertThat(doubt(none, DatabaseState.WITH_ROWS, bound("c", 1), how)).contains("accept an unbound map");
        }
        for (MapState unbound : List.of(none, unconfirmed)) {
            assertThat(doubt(unbound, DatabaseState.WITH_ROWS, Optional.empty(), Unbound.REJECTED))
                    .contains("neither", "accept an unbound map");
            for (Unbound how : List.of(Unbound.ACCEPTED, Unbound.ACCEPTED_IF_NEITHER_IS_BOUND)) {
                assertThat(doubt(unbound, DatabaseState.WITH_ROWS, Optional.empty(), how))
                        .isNull();
                assertThat(doubt(unbound, DatabaseState.WITHOUT_ROWS, Optional.empty(), how))
                        .isNotNull();
            }
        }
        assertThat(doubt(one, DatabaseState.WITH_ROWS, Optional.empty(), Unbound.ACCEPTED))
                .isNull();
        assertThat(doubt(unconfirmed, DatabaseState.WITH_ROWS, bound("b", 1), Unbound.REJECTED))
                .as("the process died before the map was written")
                .isNull();
    }

    @Test
    void ofTable_noPositions_takesThemFromOrigin() {
        assertKeepsPositions(Reconciliation.ofTable(map(TWENTY, Optional.empty()), Optional.of(ORIGIN)), TWENTY);
        assertKeepsPositions(
                Reconciliation.ofTable(map(Positions.none(), Optional.empty()), Optional.empty()), Positions.none());
        assertThat(Reconciliation.ofTable(map(Positions.none(), Optional.empty()), Optional.of(ORIGIN)))
                .isEqualTo(new Reconciliation(TEN, ORIGIN, null));
    }
}
