package io.harmonylite.snapshot.internal.recovery;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.internal.base.IOSupplier;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.format.Binding;
import io.harmonylite.snapshot.internal.install.DatabaseLook;
import io.harmonylite.snapshot.internal.recovery.Reconciliation.Unbound;
import io.harmonylite.snapshot.internal.recovery.Reconciliation.UnknownOrigin;
import io.harmonylite.snapshot.internal.runtime.LocalFailures;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.sequence.MapControl;
import io.harmonylite.snapshot.internal.sequence.MapState;
import io.harmonylite.snapshot.internal.sequence.MapState.Rest;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.Origin;
import io.harmonylite.snapshot.internal.stream.StreamReader;
import io.harmonylite.snapshot.recovery.DatabaseState;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.recovery.ResetDecision.AcceptAt;
import io.harmonylite.snapshot.recovery.StreamFacts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Gathers the facts for a decision, and changes nothing. Immutable and thread-safe. */
final class Gatherer {

    /** Maximum number of attempts to read database and map as they were at one moment. */
    private static final int LOOKS = 5;

    private final Services services;
    private final SnapshotCatalog catalog;
    private final StreamReader streams;

    Gatherer(Services services, SnapshotCatalog catalog, StreamReader streams) {
        this.services = services;
        this.catalog = catalog;
        this.streams = streams;
    }

    /** Reads the database and the map, and reconciles them; {@code noted} reads the id of an interrupted restore. */
    Local local(
            DatabasePath database,
            @Nullable MapControl map,
            RecoveryOptions options,
            IOSupplier<Optional<String>> noted) {
        Unbound unbound = options.isUnboundMapAccepted() ? Unbound.ACCEPTED : Unbound.REJECTED;
        return local(database, map, options, noted, unbound);
    }

    /** Reads the database and the map for a take. The host counts for this database, so a new map is accepted. */
    Local localForTake(DatabasePath database, MapControl map) {
        return local(database, map, RecoveryOptions.defaults(), Optional::empty, Unbound.ACCEPTED_IF_NEITHER_IS_BOUND);
    }

    private Local local(
            DatabasePath database,
            @Nullable MapControl map,
            RecoveryOptions options,
            IOSupplier<Optional<String>> noted,
            Unbound unbound) {
        if (map == null) {
            return new Local(look(database), MapState.none(), new Reconciliation(Positions.none(), null, null));
        }
        Marks before;
        Marks marks = marks(map, noted);
        DatabaseLook look;
        MapState state;
        int looks = 0;
        do { // Repeated if a restore, take or recovery changed database and map in between.
            before = marks;
            look = look(database);
            boolean unreadable = map.isInDatabase() && look.state() == DatabaseState.DAMAGED;
            state = unreadable ? MapState.none() : map.read();
            marks = marks(map, noted);
            looks++;
        } while (!marks.equals(before) && looks < LOOKS);
        boolean trusted = options.areOriginPositionsUsed()
                || (marks.noted().isPresent()
                        && marks.noted().equals(look.origin().map(Origin::restoreId)));
        UnknownOrigin unknown = trusted ? UnknownOrigin.TRUSTED : UnknownOrigin.DOUBTED;
        Reconciliation reconciliation = map.isInDatabase()
                ? Reconciliation.ofTable(state, look.origin())
                : Reconciliation.ofFile(state, look, unknown, unbound);
        return new Local(look, state, reconciliation);
    }

    private DatabaseLook look(DatabasePath database) {
        return translating(() -> DatabaseLook.at(database, services.connector()));
    }

    private static Marks marks(MapControl map, IOSupplier<Optional<String>> noted) {
        MapState state = map.isInDatabase() ? MapState.none() : map.read();
        return new Marks(translating(noted), state.restoreId(), state.binding());
    }

    private static <T> T translating(IOSupplier<T> reading) {
        try {
            return reading.get();
        } catch (IOException e) {
            throw LocalFailures.translate(e);
        }
    }

    /** Gathers the facts about this node from the store and the streams. */
    RecoverySituation situation(Local local, RecoveryOptions options) {
        return situation(local, options, catalog.list().snapshots());
    }

    /** Gathers the facts about this node from the streams, with some snapshots. */
    RecoverySituation situation(Local local, RecoveryOptions options, List<SnapshotInfo> snapshots) {
        return new RecoverySituation(
                local.database(),
                facts(local, snapshots, options),
                snapshots,
                local.reconciliation().doubt());
    }

    /** Gathers the facts about some snapshots from the streams, without a node. */
    RecoverySituation situation(List<SnapshotInfo> snapshots) {
        Local nothing = new Local(
                new DatabaseLook(DatabaseState.MISSING, Optional.empty(), Optional.empty()),
                MapState.none(),
                new Reconciliation(Positions.none(), null, null));
        List<StreamFacts> facts = facts(nothing, snapshots, RecoveryOptions.defaults());
        return new RecoverySituation(DatabaseState.MISSING, facts, snapshots);
    }

    private List<StreamFacts> facts(Local local, List<SnapshotInfo> snapshots, RecoveryOptions options) {
        List<StreamFacts> facts = new ArrayList<>();
        for (String stream : streams.names()) {
            StreamPosition position = local.position(stream);
            facts.add(streams.facts(stream, position, compared(stream, position, snapshots, options)));
        }
        return facts;
    }

    private static SortedSet<Long> compared(
            String stream, @Nullable StreamPosition position, List<SnapshotInfo> snapshots, RecoveryOptions options) {
        SortedSet<Long> compared = new TreeSet<>();
        if (position != null) {
            compared.add(position.sequence());
        }
        if (options.resetDecision(stream) instanceof AcceptAt accept) {
            compared.add(accept.sequence());
        }
        for (SnapshotInfo snapshot : snapshots) {
            snapshot.positions().of(stream).ifPresent(of -> compared.add(of.sequence()));
        }
        return compared;
    }

    /** What a restore, take or recovery changes in the note or the map when it changes the database. */
    private record Marks(Optional<String> noted, Optional<String> restoreId, Optional<Binding> binding) {}

    /** Facts about the node itself. */
    record Local(DatabaseLook look, MapState map, Reconciliation reconciliation) {

        DatabaseState database() {
            return look.state();
        }

        @Nullable
        StreamPosition position(String stream) {
            StreamPosition rest = map.rest() == Rest.AT_ZERO ? StreamPosition.at(0) : null;
            return reconciliation.positions().of(stream).orElse(rest);
        }
    }
}
