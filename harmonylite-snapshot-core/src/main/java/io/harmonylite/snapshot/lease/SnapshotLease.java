package io.harmonylite.snapshot.lease;

import java.io.IOException;
import java.util.Optional;

/**
 * Grants a timed exclusive right to take snapshots of one name. A lease only avoids double work. Its holder may be
 * paused beyond the end of the lease; then two nodes take at once, and both snapshots are valid.
 *
 * <p>Implementations are thread-safe. The leases of different names are independent.
 */
public interface SnapshotLease {

    /**
     * Tries to acquire the lease of a name, without waiting for its holder.
     *
     * @param name name of the snapshots in their store
     * @return the lease, which is renewed until it is closed or lost; empty if another holder has it
     * @throws IOException if the state of the lease cannot be determined
     */
    Optional<Held> tryAcquire(String name) throws IOException;

    /** An acquired lease. Thread-safe. */
    interface Held extends AutoCloseable {

        /**
         * Returns whether the lease is still held, by this process's monotonic clock. After it has returned false it
         * always returns false. Does no I/O.
         */
        boolean isHeld();

        /**
         * Releases the lease, so that another node can acquire it at once. Idempotent; does nothing if the lease was
         * lost. Never throws: a lease that cannot be released expires by itself.
         */
        @Override
        void close();
    }
}
