package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.internal.install.DatabaseLook;
import io.harmonylite.snapshot.internal.node.NodeState;
import io.harmonylite.snapshot.internal.runtime.LocalFailures;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.sequence.MapControl;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import java.io.IOException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets the sequence map after a restore that was interrupted between its install and its update of the map. In that
 * case the restore's note still exists and the database has that restore's origin, so its positions are those of the
 * origin.
 */
public final class InterruptedRestoreRecovery implements Consumer<String> {

    private static final Logger LOG = LoggerFactory.getLogger(InterruptedRestoreRecovery.class);

    private final Services services;
    private final DatabasePath database;
    private final NodeState node;

    /** Creates the recovery for the map of a node. */
    public InterruptedRestoreRecovery(Services services, DatabasePath database, NodeState node) {
        this.services = services;
        this.database = database;
        this.node = node;
    }

    @Override
    public void accept(String restoreId) {
        MapControl map = node.map();
        if (map != null) {
            look().origin()
                    .filter(origin -> origin.restoreId().equals(restoreId))
                    .ifPresent(origin -> {
                        map.reconcile(origin.positions(), restoreId);
                        LOG.warn(
                                "Restore {} of {} was interrupted before it set the sequence map; set to {} now",
                                restoreId,
                                database,
                                origin.positions());
                    });
        }
    }

    private DatabaseLook look() {
        try {
            return DatabaseLook.at(database, services.connector());
        } catch (IOException e) {
            throw LocalFailures.translate(e);
        }
    }
}
