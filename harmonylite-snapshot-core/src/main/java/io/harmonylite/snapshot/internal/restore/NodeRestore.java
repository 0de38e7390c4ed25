package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.StagedEdit;
import io.harmonylite.snapshot.change.PendingChangePolicy;
import io.harmonylite.snapshot.change.PendingChanges;
import io.harmonylite.snapshot.exception.PendingChangesException;
import io.harmonylite.snapshot.internal.node.NodeState;
import io.harmonylite.snapshot.internal.sequence.MapControl.Restoring;
import io.harmonylite.snapshot.internal.sequence.MapControl;
import io.harmonylite.snapshot.internal.sqlite.LiveReader;
import io.harmonylite.snapshot.internal.sqlite.SqliteConnector;
import io.harmonylite.snapshot.internal.sqlite.TargetProbe;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A restore as the node sees it: from when it began, its map counts nothing, until the map is at the image's positions, or
 * the restore has failed before it touched anything. Used by one thread.
 */
final class NodeRestore implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NodeRestore.class);

    private final @Nullable PendingChanges changes;
    private final @Nullable Restoring restoring;
    private final Positions positions;

    private NodeRestore(@Nullable PendingChanges changes, @Nullable Restoring restoring, Positions positions) {
        this.changes = changes;
        this.restoring = restoring;
        this.positions = positions;
    }

    /**
     * Begins: waits for actions of the map that run.
     *
     * @param positions what the image stands for
     */
    static NodeRestore begin(NodeState node, Positions positions) {
        MapControl map = node.map();
        return new NodeRestore(node.changes(), map == null ? null : map.beginRestore(), positions);
    }

    /** Whether the restore is to be known by its id afterwards. */
    boolean isTraced() {
        return restoring != null || !positions.isEmpty();
    }

    /** What the image is given of this node. */
    List<StagedEdit> edits(Live live, PendingChangePolicy policy) {
        List<StagedEdit> edits = new ArrayList<>();
        Restoring map = restoring;
        if (map != null) {
            edits.add(staged -> map.stage(staged, positions));
        }
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

    /** Whether the map has to be told that the image is in its place. */
    boolean isAwaited() {
        return restoring != null;
    }

    /** The image is in its place: the map is set; durable on return. */
    void installed(String restoreId) {
        if (restoring != null) {
            restoring.installed(positions, restoreId);
        }
    }

    /** The image may be in its place. */
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
     * The database that is to be replaced.
     *
     * @param probe what a look at it has found
     * @param connector opens it
     */
    record Live(TargetProbe probe, SqliteConnector connector) {

        boolean isMissing() {
            return !probe.isReadable() && probe.damage() == null;
        }

        void requireReadable() {
            if (!probe.isReadable()) {
                throw new PendingChangesException(probe.target() + " is damaged, so that changes that were not"
                        + " published cannot be carried over; say that they are to be dropped, and look for them in the"
                        + " file that is kept");
            }
        }

        void refuse(PendingChanges local) {
            long pending = LiveReader.look(probe.target(), connector, local::count);
            if (pending > 0) {
                throw new PendingChangesException(
                        probe.target() + " holds " + pending + " changes that are not published, which a restore would"
                                + " lose; publish them, or say that they are to be carried over");
            }
        }

        StagedEdit carrying(PendingChanges local) {
            return staged -> LiveReader.edit(staged, probe.target(), connector, (look, image) -> {
                long carried = local.transfer(look, image);
                LOG.debug("Carried {} changes that are not published over from {}", carried, probe.target());
            });
        }
    }
}
