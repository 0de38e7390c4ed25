package io.harmonylite.snapshot.internal.node;

import io.harmonylite.snapshot.change.PendingChanges;
import io.harmonylite.snapshot.internal.sequence.MapControl;
import org.jspecify.annotations.Nullable;

/**
 * What a node has beside its database, and no snapshot holds. Immutable.
 *
 * @param map its sequence map; null where it has none
 * @param changes its changes that are not published; null where it never has such
 */
public record NodeState(@Nullable MapControl map, @Nullable PendingChanges changes) {

    /** A node that has nothing. */
    public static NodeState none() {
        return new NodeState(null, null);
    }
}
