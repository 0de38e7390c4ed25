package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.SnapshotInfo;

/**
 * The outcome of a take. Immutable.
 *
 * @param snapshot the new snapshot, or the identical one that existed
 * @param novelty whether the snapshot is new
 */
public record TakeResult(SnapshotInfo snapshot, Novelty novelty) {

    /** Returns the number of bytes stored by this take. */
    public long storedBytes() {
        return novelty == Novelty.TAKEN ? snapshot.storedBytes() : 0;
    }

    /** The two outcomes of a successful take. */
    public enum Novelty {
        /** A new snapshot was stored. */
        TAKEN,
        /** An identical snapshot exists: the same image at the same positions. */
        UNCHANGED
    }
}
