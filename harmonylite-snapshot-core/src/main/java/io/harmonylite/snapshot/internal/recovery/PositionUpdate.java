package io.harmonylite.snapshot.internal.recovery;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.internal.install.Replacement;
import io.harmonylite.snapshot.internal.install.RestoreLock;
import io.harmonylite.snapshot.internal.recovery.Gatherer.Local;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.sequence.Binder;
import io.harmonylite.snapshot.internal.sequence.MapControl;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.Origin;
import io.harmonylite.snapshot.recovery.DatabaseState;
import io.harmonylite.snapshot.recovery.RecoveryPlan;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out a plan without a restore: moves damaged files aside, and writes the positions to the map. */
final class PositionUpdate {

    private static final Logger LOG = LoggerFactory.getLogger(PositionUpdate.class);

    private final Services services;
    private final DatabasePath database;
    private final RestoreLock lock;
    private final @Nullable MapControl map;

    PositionUpdate(Services services, DatabasePath database, RestoreLock lock, @Nullable MapControl map) {
        this.services = services;
        this.database = database;
        this.lock = lock;
        this.map = map;
    }

    void settle(Local local, RecoveryPlan.Proceed plan) throws IOException {
        boolean anew = local.database() == DatabaseState.MISSING || local.database() == DatabaseState.DAMAGED;
        if (anew) {
            clear(local.database());
        }
        if (map == null || (anew && map.isInDatabase())) {
            return; // The database does not exist yet; the map is created with it.
        }
        if (anew || local.reconciliation().doubt() != null) {
            String restoreId = local.look().origin().map(Origin::restoreId).orElse(null);
            map.restart(plan.resume(), restoreId, services.randomName());
        } else {
            put(map, local.reconciliation().positions(), plan.resume());
        }
        map.bind(new Binder(database, services.connector(), services::randomName));
    }

    /** Moves old files away, which would otherwise become part of the database that the host creates. */
    private void clear(DatabaseState state) throws IOException {
        Replacement way = new Replacement(services.files(), database, lock, services.randomName());
        if (state == DatabaseState.DAMAGED) {
            LOG.warn("Database {} is damaged; it is kept as {}", database, way.moveDamagedAside());
        }
        way.moveSidecarsAside();
    }

    private static void put(MapControl map, Positions recorded, Positions resume) {
        Positions changed = Positions.none();
        for (Map.Entry<String, StreamPosition> entry : resume.byStream().entrySet()) {
            if (!recorded.of(entry.getKey()).equals(Optional.of(entry.getValue()))) {
                changed = changed.with(entry.getKey(), entry.getValue());
            }
        }
        if (!changed.isEmpty()) {
            map.put(changed);
        }
    }
}
