package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.PendingChangePolicy;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.StagedEdit;
import io.harmonylite.snapshot.change.PendingChanges;
import io.harmonylite.snapshot.exception.PendingChangesException;
import io.harmonylite.snapshot.internal.node.NodeState;
import io.harmonylite.snapshot.internal.sequence.MapControl;
import io.harmonylite.snapshot.internal.sequence.MapControl.Restoring;
import io.harmonylite.snapshot.internal.sqlite.LiveReader;
import io.harmonylite.snapshot.internal.sqlite.SqliteConnector;
import io.harmonylite.snapshot.internal.sqlite.TargetProbe;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's side of a restore: blocks the sequence map while the database is replaced, and sets it afterwards. From
 * {@link #begin} on the map counts nothing, until it is at the image's positions or the restore has failed before it
 * changed anything. Used by one thread.
 */
final class NodeRestore implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NodeRestore.class);

    private final @Nullable PendingChanges changes;
    private final @Nullable Restoring restoring;
    private final Positions positions;
    private final String restoreId;

    private NodeRestore(
            @Nullable PendingChanges changes, @Nullable Restoring restoring, Positions positions, String restoreId) {
        this.changes = changes;
        this.restoring = restoring;
        this.positions = positions;
        this.restoreId = restoreId;
    }

    /**
     * Begins a restore: waits for running actions of the map, then blocks it.
     *
     * @param positions the positions of the image
     * @param restoreId random id of the restore
     */
    static NodeRestore begin(NodeState node, Positions positions, String restoreId) {
        MapControl map = node.map();
        return new NodeRestore(node.changes(), map == null ? null : map.beginRestore(), positions, restoreId);
    }

    /** Returns the edit that writes positions or binding of the node's map into the image; empty if there is no map. */
    List<StagedEdit> ofMap() {
        Restoring map = restoring;
        return map == null ? List.of() : List.of(staged -> map.stage(staged, positions, restoreId));
    }

    /** Returns the edit that transfers pending changes into the image; empty if there are none to transfer. */
    List<StagedEdit> ofPendingChanges(Live live, PendingChangePolicy policy) {
        List<StagedEdit> edits = new ArrayList<>();
        PendingChanges local = changes;
        if (local != null && !live.isMissing() && policy != PendingChangePolicy.DISCARD) {
            live.requireReadable();
            if (policy == PendingChangePolicy.FAIL) {
                live.refuse(local);
            }
            edits.add(live.carrying(local));
        }
        return edits;
    }

    /** Returns whether there is a map to set after the install. */
    boolean isAwaited() {
        return restoring != null;
    }

    /** Sets the map after the image was installed. Durable on return. */
    void installed() {
        if (restoring != null) {
            restoring.installed(positions, restoreId);
        }
    }

    /** Keeps the map blocked, because the image may or may not have been installed. */
    void uncertain() {
        if (restoring != null) {
            restoring.uncertain();
        }
    }

    @Override
    public void close() {
        if (restoring != null) {
            restoring.close();
        }
    }

    /**
     * The database to be replaced.
     *
     * @param probe its state, read before the restore
     * @param connector opens it
     */
    record Live(TargetProbe probe, SqliteConnector connector) {

        boolean isMissing() {
            return !probe.isReadable() && probe.damage() == null;
        }

        void requireReadable() {
            if (!probe.isReadable()) {
                throw new PendingChangesException(probe.target() + " is damaged, so its pending changes cannot be"
                        + " transferred; discard them, and look for them in the file that is kept");
            }
        }

        void refuse(PendingChanges local) {
            long pending = LiveReader.look(probe.target(), connector, local::count);
            if (pending > 0) {
                throw new PendingChangesException(probe.target() + " holds pending changes (" + pending
                        + "), which a restore would lose; publish" + " them, or allow the restore to transfer them");
            }
        }

        StagedEdit carrying(PendingChanges local) {
            return staged -> LiveReader.edit(staged, probe.target(), connector, (look, image) -> {
                long transferred = local.transfer(look, image);
                LOG.debug("Transferred {} pending changes from {}", transferred, probe.target());
            });
        }
    }
}
