package io.harmonylite.snapshot;

import io.harmonylite.snapshot.lease.SnapshotLease;
import java.util.Optional;

/** A lease that several managers of a test share. Thread-safe. */
final class SharedLease implements SnapshotLease {

    private boolean taken;

    @Override
    public synchronized Optional<Held> tryAcquire(String name) {
        if (taken) {
            return Optional.empty();
        }
        taken = true;
        return Optional.of(new Held() {
            @Override
            public boolean isHeld() {
                return true;
            }

            @Override
            public void close() {
                release();
            }
        });
    }

    private synchronized void release() {
        taken = false;
    }
}
