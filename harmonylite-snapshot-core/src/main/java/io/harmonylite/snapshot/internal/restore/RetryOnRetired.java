package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses a snapshot again where the one that was chosen is retired, or gone, before it was read: a newer one may be there.
 * Not for ever, since whoever prunes so fast does it the next time too.
 */
public final class RetryOnRetired {

    /** How often a snapshot is chosen at most. */
    public static final int CHOICES = 4;

    private static final Logger LOG = LoggerFactory.getLogger(RetryOnRetired.class);

    private RetryOnRetired() {}

    /**
     * Chooses and restores.
     *
     * @param action chooses by what the store has now, and throws {@link SnapshotNotFoundException} about the chosen
     *     snapshot only while nothing is changed
     * @throws SnapshotNotFoundException where there is none to choose, or the last one that was chosen went too
     */
    public static <T> T run(Action<T> action) throws IOException {
        for (int choice = 1; choice < CHOICES; choice++) {
            try {
                return action.run();
            } catch (SnapshotNotFoundException e) {
                if (e.snapshot().isEmpty()) {
                    throw e;
                }
                LOG.warn("{}: choosing again", e.getMessage());
            }
        }
        return action.run();
    }

    /** Chooses a snapshot, and restores it. */
    @FunctionalInterface
    public interface Action<T> {

        /** Does it. */
        T run() throws IOException;
    }
}
