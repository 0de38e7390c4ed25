package io.harmonylite.snapshot.internal.recovery;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.internal.sequence.MapState;
import io.harmonylite.snapshot.internal.sqlite.Origin;
import io.harmonylite.snapshot.recovery.DatabaseState;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a sequence map and its database belong together. A restore writes its id into both. If the ids
 * differ, one of them was replaced without the other. Pure. Immutable.
 *
 * @param positions positions of the database
 * @param set origin whose positions are written to the map; null if the map is correct
 * @param doubt reason why the positions of the map may not belong to the database; null if they do
 */
record Reconciliation(
        Positions positions, @Nullable Origin set, @Nullable String doubt) {

    /** How to treat a restore that the map does not record. */
    enum UnknownOrigin {
        /** A lost map and a restore by hand look alike: a person must decide. */
        DOUBTED,
        /** The restore was made by hand: the positions of the database are those of its snapshot. */
        TRUSTED
    }

    /**
     * Reconciles a map in the database itself. It came with the image; if it is empty, a restore by hand left it out.
     */
    static Reconciliation ofTable(MapState map, Optional<Origin> origin) {
        return map.positions().isEmpty() && origin.isPresent() ? taken(origin.get()) : right(map);
    }

    /** Reconciles a map in a file of its own. The note of an interrupted restore was handled before. */
    static Reconciliation ofFile(MapState map, DatabaseState database, Optional<Origin> origin, UnknownOrigin unknown) {
        if (database == DatabaseState.MISSING || database == DatabaseState.DAMAGED) {
            return right(map);
        }
        if (origin.isEmpty()) {
            return map.restoreId().isEmpty()
                    ? right(map)
                    : replaced(map, map.restoreId().get());
        }
        if (map.restoreId().equals(Optional.of(origin.get().restoreId()))) {
            return right(map);
        }
        boolean known = !map.positions().isEmpty() || unknown == UnknownOrigin.TRUSTED;
        return known ? taken(origin.get()) : doubted(map, origin.get());
    }

    private static Reconciliation right(MapState map) {
        return new Reconciliation(map.positions(), null, null);
    }

    private static Reconciliation taken(Origin origin) {
        return new Reconciliation(origin.positions(), origin, null);
    }

    private static Reconciliation doubted(MapState map, Origin origin) {
        return new Reconciliation(
                map.positions(),
                null,
                "it was restored from snapshot " + origin.snapshotId() + " at " + origin.positions()
                        + ", but the sequence map has no position: it is lost, or the restore was made by hand; in the"
                        + " second case allow recovery to use the positions from the database's origin");
    }

    private static Reconciliation replaced(MapState map, String restoreId) {
        return new Reconciliation(
                map.positions(),
                null,
                "it was not written by restore " + restoreId
                        + ", which the sequence map records: the file was replaced by other means");
    }
}
