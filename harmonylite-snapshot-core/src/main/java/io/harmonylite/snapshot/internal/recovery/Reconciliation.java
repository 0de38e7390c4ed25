package io.harmonylite.snapshot.internal.recovery;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.internal.format.Binding;
import io.harmonylite.snapshot.internal.install.DatabaseLook;
import io.harmonylite.snapshot.internal.recovery.RecoverySituation.Doubt;
import io.harmonylite.snapshot.internal.recovery.RecoverySituation.Doubt.Cause;
import io.harmonylite.snapshot.internal.sequence.MapState;
import io.harmonylite.snapshot.internal.sequence.MapState.Rest;
import io.harmonylite.snapshot.internal.sqlite.Origin;
import io.harmonylite.snapshot.recovery.DatabaseState;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a sequence map and its database belong together: whether both have the same restore id and {@link
 * Binding}. If not, one was replaced without the other. Pure. Immutable.
 */
record Reconciliation(
        Positions positions, @Nullable Origin set, @Nullable Doubt doubt) {

    private static final String ACCEPT = "; if they belong together, allow recovery to accept an unbound map";

    /** How to treat a restore that the map does not record. */
    enum UnknownOrigin {
        /** A lost map and a restore by hand look alike: a person must decide. */
        DOUBTED,
        /** The restore was made by hand: the positions of the database are those of its snapshot. */
        TRUSTED
    }

    /** Which map to accept without a matching binding, next to a database that holds rows. */
    enum Unbound {
        /** Only a map that HarmonyLite wrote, if neither side has a binding. */
        REJECTED,
        /** Any map, if neither side has a binding: the host counts for this database now. */
        ACCEPTED_IF_NEITHER_IS_BOUND,
        /** Any map, unless a binding proves that it belongs elsewhere: the host has decided. */
        ACCEPTED
    }

    /** Reconciles a map in the database itself. It came with the image, or was left out by a restore by hand. */
    static Reconciliation ofTable(MapState map, Optional<Origin> origin) {
        if (!map.positions().isEmpty() || origin.isEmpty()) {
            return right(map);
        }
        return origin.get().positions().isEmpty()
                ? restored(origin.get(), Cause.RESTORED_AS_RECORDED)
                : taken(origin.get());
    }

    /** Reconciles a map in a file of its own. The note of an interrupted restore was handled before. */
    static Reconciliation ofFile(MapState map, DatabaseLook look, UnknownOrigin unknown, Unbound unbound) {
        DatabaseState state = look.state();
        if (state == DatabaseState.MISSING || state == DatabaseState.DAMAGED) {
            return right(map);
        }
        Optional<Origin> origin = look.origin();
        boolean recorded = map.restoreId().equals(origin.map(Origin::restoreId));
        if (origin.isPresent() && origin.get().positions().isEmpty()) {
            if (!recorded && unknown == UnknownOrigin.DOUBTED) {
                return restored(origin.get(), Cause.RESTORED_UNRECORDED);
            }
            if (!recorded || map.positions().isEmpty()) {
                return restored(origin.get(), Cause.RESTORED_AS_RECORDED);
            }
        } else if (origin.isPresent() && !recorded) {
            boolean known = !map.positions().isEmpty() || unknown == UnknownOrigin.TRUSTED;
            return known ? taken(origin.get()) : doubted(origin.get());
        }
        String mismatch = mismatch(map, look, unbound);
        return mismatch == null ? right(map) : ignored(mismatch);
    }

    /** Returns why the binding does not show that map and database belong together; null if it does. */
    private static @Nullable String mismatch(MapState map, DatabaseLook look, Unbound unbound) {
        Optional<Binding> ofMap = map.binding();
        Optional<Binding> ofDatabase = look.binding();
        if (ofMap.map(Binding::id).equals(ofDatabase.map(Binding::id)) && ofMap.isPresent()) {
            return ofDatabase.get().counter() < ofMap.get().counter()
                    ? "the sequence map was written after it: an older copy of the database was put back by other"
                            + " means than a restore"
                    : null;
        }
        if (map.restoreId().isPresent() && look.origin().isEmpty() && unbound != Unbound.ACCEPTED) {
            return "it was not written by restore " + map.restoreId().get()
                    + ", which the sequence map records: the file was replaced by other means";
        }
        if (map.positions().isEmpty()) {
            return null; // Nothing is claimed.
        }
        boolean confirmed = ofMap.filter(Binding::isConfirmed).isPresent();
        if (confirmed && ofDatabase.isPresent()) {
            return "it is bound to another sequence map: the file was replaced by other means, or a path is wrong";
        }
        boolean neither = !confirmed && ofDatabase.isEmpty();
        if (neither && isAllZero(map.positions())) {
            return null;
        }
        if (look.state() == DatabaseState.WITHOUT_ROWS) {
            return "it is empty and not bound to the sequence map, which has positions: the database was created anew";
        }
        boolean accepted = unbound == Unbound.ACCEPTED
                || (neither && (unbound == Unbound.ACCEPTED_IF_NEITHER_IS_BOUND || map.rest() == Rest.AT_ZERO));
        return accepted ? null : unbound(confirmed, ofDatabase.isPresent());
    }

    private static String unbound(boolean isMapBound, boolean isDatabaseBound) {
        if (isMapBound) {
            return "it is not bound to the sequence map: the database was created anew or replaced, or HarmonyLite's"
                    + " -cleanup removed this library's tables" + ACCEPT;
        }
        return (isDatabaseBound
                        ? "it is bound to another sequence map than this one, which is bound to none"
                        : "neither the sequence map nor the database shows that they belong together")
                + ACCEPT;
    }

    private static boolean isAllZero(Positions positions) {
        return positions.byStream().values().stream().allMatch(position -> position.sequence() == 0);
    }

    private static Reconciliation right(MapState map) {
        return new Reconciliation(map.positions(), null, null);
    }

    private static Reconciliation taken(Origin origin) {
        return new Reconciliation(origin.positions(), origin, null);
    }

    private static Reconciliation ignored(String reason) {
        return new Reconciliation(Positions.none(), null, new Doubt(reason, Cause.ANOTHER_DATABASE));
    }

    private static Reconciliation doubted(Origin origin) {
        return ignored("it was restored from snapshot " + origin.snapshotId() + " at " + origin.positions()
                + ", but the sequence map has no position: it is lost, or the restore was made by hand; in the"
                + " second case allow recovery to use the positions from the database's origin");
    }

    private static Reconciliation restored(Origin origin, Cause cause) {
        String reason = "restore " + origin.restoreId() + " installed snapshot " + origin.snapshotId()
                + ", which has no positions"
                + (cause == Cause.RESTORED_UNRECORDED ? ", and the sequence map does not record that restore" : "");
        return new Reconciliation(Positions.none(), null, new Doubt(reason, cause));
    }
}
