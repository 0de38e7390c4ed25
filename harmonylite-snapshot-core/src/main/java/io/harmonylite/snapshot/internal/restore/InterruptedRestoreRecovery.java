package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.internal.node.NodeState;
import io.harmonylite.snapshot.internal.runtime.LocalFailures;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.sequence.MapControl;
import io.harmonylite.snapshot.internal.sqlite.DatabaseLook;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import java.io.IOException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends for the sequence map what a restore began that died between its install and the map: the note is still there, and
 * the database comes from that restore, so its positions are those of its origin.
 */
public final class InterruptedRestoreRecovery implements Consumer<String> {

    private static final Logger LOG = LoggerFactory.getLogger(InterruptedRestoreRecovery.class);

    private final Services services;
    private final DatabasePath database;
    private final NodeState node;

    /** For the map of a node. */
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
                                "Restore {} of {} had not set the sequence map: set to {} now",
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
