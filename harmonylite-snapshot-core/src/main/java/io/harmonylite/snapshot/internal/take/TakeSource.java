package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.change.PendingChanges;
import io.harmonylite.snapshot.internal.sequence.MapControl;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a take knows of its node beside the database. Immutable.
 *
 * @param given positions that the database has reached already; counts where there is no map
 * @param map the node's sequence map; null where it has none
 * @param changes its changes that are not published; null where it never has such
 * @param patience how long the take waits for a state in which nothing is still to be published
 * @param unpublished whether a state is taken after that in which something is
 */
public record TakeSource(
        Positions given,
        @Nullable MapControl map,
        @Nullable PendingChanges changes,
        Duration patience,
        UnpublishedPolicy unpublished) {

    /** What becomes of a take that has waited in vain. */
    public enum UnpublishedPolicy {
        /** It fails. */
        REFUSED,
        /** It goes on, and its manifest tells what is in the image and not published. */
        RECORDED
    }
}
