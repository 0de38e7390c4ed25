package io.harmonylite.snapshot.internal.node;

import io.harmonylite.snapshot.change.PendingChanges;
import io.harmonylite.snapshot.internal.sequence.MapControl;
import org.jspecify.annotations.Nullable;

/** The sequence map and the pending changes of a node, if it has them. Immutable. */
public record NodeState(@Nullable MapControl map, @Nullable PendingChanges changes) {

    /** Returns the state of a node without map and pending changes. */
    public static NodeState none() {
        return new NodeState(null, null);
    }
}
