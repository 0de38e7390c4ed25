package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.SnapshotInfo;

/**
 * What a take came to. Immutable.
 *
 * @param snapshot the one that was taken, or the one that was there already
 * @param novelty which of both
 */
public record TakeResult(SnapshotInfo snapshot, Novelty novelty) {

    /** Bytes that were stored for it now. */
    public long storedBytes() {
        return novelty == Novelty.TAKEN ? snapshot.storedBytes() : 0;
    }

    /** Whether a snapshot was taken. */
    public enum Novelty {
        /** It was. */
        TAKEN,
        /** There is one of the same image at the same positions. */
        UNCHANGED
    }
}
