package io.harmonylite.snapshot;

import java.time.Instant;

/**
 * One snapshot in a store, as the head of its manifest tells it. Immutable.
 *
 * @param id its id, unique
 * @param name name of the database it is a snapshot of
 * @param created when it was taken, by the taker's clock, to the millisecond
 * @param storedAt when its manifest was stored, by the store's clock
 * @param libraryVersion version of the library that took it
 * @param positions the stream positions its image stands for; empty where the host gave none
 * @param image what the image is
 * @param storedBytes bytes it occupies in the store, the manifest apart
 * @param unpublished what is in its image and not told of by its positions; none, unless its host allowed such a take
 */
public record SnapshotInfo(
        SnapshotId id,
        String name,
        Instant created,
        Instant storedAt,
        String libraryVersion,
        Positions positions,
        ImageInfo image,
        long storedBytes,
        Unpublished unpublished) {

    /** A snapshot whose positions tell all that is in it. */
    public SnapshotInfo(
            SnapshotId id,
            String name,
            Instant created,
            Instant storedAt,
            String libraryVersion,
            Positions positions,
            ImageInfo image,
            long storedBytes) {
        this(id, name, created, storedAt, libraryVersion, positions, image, storedBytes, Unpublished.none());
    }
}
