package io.harmonylite.snapshot.internal.recovery;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.internal.sequence.MapState;
import io.harmonylite.snapshot.internal.sqlite.DatabaseLook.Finding;
import io.harmonylite.snapshot.internal.sqlite.Origin;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a map and the database beside it belong together. A restore writes its id into both; where they do not agree,
 * the database was replaced and the map was not, or the other way round. Pure. Immutable.
 *
 * @param positions the positions that are those of the database
 * @param set the origin whose positions the map is to be set to; null where it is right as it is
 * @param doubt why the map's positions are not those of the database; null where they are
 */
record Reconciliation(
        Positions positions, @Nullable Origin set, @Nullable String doubt) {

    /** What a host wants of a restore that the map knows nothing of. */
    enum UnknownOrigin {
        /** A lost map and a restore by hand look alike: a person must decide. */
        DOUBTED,
        /** It was a restore by hand: the database stands where its snapshot stood. */
        TRUSTED
    }

    /** Looks at a map in the database itself: it came with the image, or was lost with what a restore by hand left out. */
    static Reconciliation ofTable(MapState map, Optional<Origin> origin) {
        return map.positions().isEmpty() && origin.isPresent() ? taken(origin.get()) : right(map);
    }

    /** Looks at a map beside the database. The note of a restore that died was seen to before. */
    static Reconciliation ofFile(MapState map, Finding database, Optional<Origin> origin, UnknownOrigin unknown) {
        if (database == Finding.MISSING || database == Finding.DAMAGED) {
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
                        + ", but the sequence map knows no position: it is lost, or the restore was made by hand; in the"
                        + " second case allow the positions to be taken from the database's origin");
    }

    private static Reconciliation replaced(MapState map, String restoreId) {
        return new Reconciliation(
                map.positions(),
                null,
                "it does not come from restore " + restoreId
                        + ", of which the sequence map tells: the file was replaced" + " by other means");
    }
}
