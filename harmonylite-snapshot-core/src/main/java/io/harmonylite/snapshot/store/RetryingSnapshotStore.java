package io.harmonylite.snapshot.store;
/** Stub. */
public final class RetryingSnapshotStore {
    private RetryingSnapshotStore() {}
    /** Stub. */
    public static SnapshotStore of(SnapshotStore s) {
        return s;
    }
}
