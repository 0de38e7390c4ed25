package io.harmonylite.snapshot.lease;

import java.io.IOException;
import java.util.Optional;

/**
 * A timed exclusive right to take snapshots of one name. It saves double work and nothing else: whoever holds it may be
 * paused past its end, and then two take at once, which makes two valid snapshots.
 *
 * <p>Implementations are thread-safe. A name's leases are independent of those of every other name.
 */
public interface SnapshotLease {

    /**
     * Tries to get the lease of a name, without waiting for whoever has it.
     *
     * @param name the snapshots' name in their store
     * @return the lease, renewed until it is closed or lost; empty where another holds it
     * @throws IOException where it cannot be found out
     */
    Optional<Held> tryAcquire(String name) throws IOException;

    /** A lease that was got. Thread-safe. */
    interface Held extends AutoCloseable {

        /** Whether it is still held, by this process's monotonic clock; once false it stays false. Does no I/O. */
        boolean isHeld();

        /**
         * Gives it back, so that another may have it at once. Idempotent; does nothing where it was lost. Does not throw:
         * a lease that cannot be given back ends by itself.
         */
        @Override
        void close();
    }
}
