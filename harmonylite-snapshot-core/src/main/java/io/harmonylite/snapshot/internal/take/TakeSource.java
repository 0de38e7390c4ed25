package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.change.PendingChanges;
import io.harmonylite.snapshot.internal.sequence.MapControl;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The inputs of a take other than the database: positions, sequence map and pending changes of the node. Immutable.
 *
 * @param given positions that the database had reached before the take; used if there is no map
 * @param map the node's sequence map; null if it has none
 * @param changes the node's pending changes; null if it never has any
 * @param patience maximum wait for a quiescent state
 * @param unpublished what to do if the database is not quiescent by then
 */
public record TakeSource(
        Positions given,
        @Nullable MapControl map,
        @Nullable PendingChanges changes,
        Duration patience,
        UnpublishedPolicy unpublished) {

    /** What a take does if the database has not become quiescent in time. */
    public enum UnpublishedPolicy {
        /** The take fails. */
        REFUSED,
        /** The take continues, and the manifest records the pending changes and the messages ahead of the positions. */
        RECORDED
    }
}
