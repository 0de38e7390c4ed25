package io.harmonylite.snapshot.internal.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.internal.recovery.Reconciliation.UnknownOrigin;
import io.harmonylite.snapshot.internal.sequence.MapState;
import io.harmonylite.snapshot.internal.sequence.MapState.Rest;
import io.harmonylite.snapshot.internal.sqlite.Origin;
import io.harmonylite.snapshot.recovery.DatabaseState;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReconciliationTest {

    private static final Positions TEN = Positions.of("changes", StreamPosition.at(10));
    private static final Positions TWENTY = Positions.of("changes", StreamPosition.at(20));
    private static final Origin ORIGIN = new Origin("aa", "snapshot-7", TEN);

    private static MapState map(Positions positions, Optional<String> restoreId) {
        return new MapState(positions, Collections.emptySortedMap(), restoreId, Rest.UNKNOWN);
    }

    private static Reconciliation file(
            MapState map, DatabaseState state, Optional<Origin> origin, UnknownOrigin unknown) {
        return Reconciliation.ofFile(map, state, origin, unknown);
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
        assertThat(doubted.doubt()).contains("snapshot-7", "{changes=10}");
        assertThat(doubted.set()).isNull();
        assertThat(file(empty, DatabaseState.WITH_ROWS, Optional.of(ORIGIN), UnknownOrigin.TRUSTED))
                .isEqualTo(new Reconciliation(TEN, ORIGIN, null));
    }

    @Test
    void ofFile_restoreUnknownToDatabase_isDoubtedIfDatabaseExists() {
        MapState restored = map(TWENTY, Optional.of("aa"));
        for (DatabaseState finding : DatabaseState.values()) {
            Reconciliation reconciliation = file(restored, finding, Optional.empty(), UnknownOrigin.TRUSTED);
            boolean exists = finding == DatabaseState.WITH_ROWS || finding == DatabaseState.WITHOUT_ROWS;
            assertThat(reconciliation.doubt() != null).as("%s", finding).isEqualTo(exists);
        }
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
