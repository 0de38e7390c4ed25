package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.internal.base.IOSupplier;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses another snapshot if the chosen one is retired or removed before it was read: a newer one may exist. The
 * number of attempts is limited, because a prune that outruns one restore will outrun the next one too.
 */
public final class RetryOnRetired {

    /** The maximum number of choices. */
    public static final int CHOICES = 4;

    private static final Logger LOG = LoggerFactory.getLogger(RetryOnRetired.class);

    private RetryOnRetired() {}

    /**
     * Chooses and restores.
     *
     * @param action chooses from what the store holds now. Throws {@link SnapshotNotFoundException} about the chosen
     *     snapshot only as long as nothing was changed
     * @throws SnapshotNotFoundException if there is no snapshot to choose, or if the last chosen one was removed too
     */
    public static <T> T run(IOSupplier<T> action) throws IOException {
        for (int choice = 1; choice < CHOICES; choice++) {
            try {
                return action.get();
            } catch (SnapshotNotFoundException e) {
                if (e.snapshot().isEmpty()) {
                    throw e;
                }
                LOG.warn("{}; choosing another snapshot", e.getMessage());
            }
        }
        return action.get();
    }
}
