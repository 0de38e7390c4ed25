package io.harmonylite.snapshot.internal.node;

import io.harmonylite.snapshot.change.PendingChanges;
import io.harmonylite.snapshot.internal.sequence.MapControl;
import org.jspecify.annotations.Nullable;

/**
 * The state of a node that is not in its snapshots. Immutable.
 *
 * @param map its sequence map; null if it has none
 * @param changes its pending changes; null if it never has any
 */
public record NodeState(@Nullable MapControl map, @Nullable PendingChanges changes) {

    /** Returns the state of a node without map and pending changes. */
    public static NodeState none() {
        return new NodeState(null, null);
    }
}
