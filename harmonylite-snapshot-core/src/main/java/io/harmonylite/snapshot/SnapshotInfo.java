package io.harmonylite.snapshot;

import java.time.Instant;

/**
 * Describes one snapshot in a store, from the head of its manifest. Immutable.
 *
 * @param id unique id
 * @param name name of the database's snapshots in the store
 * @param created time of the take, by the clock of the node that took it, to the millisecond
 * @param storedAt time at which the manifest was stored, by the store's clock
 * @param libraryVersion version of the library that took the snapshot
 * @param positions stream positions of the image; empty if the host gave none
 * @param image properties of the image
 * @param storedBytes bytes of pages that this take added to the store
 * @param referencedBytes bytes of the packs of earlier takes that the snapshot needs too; 0 for a full snapshot
 * @param rewrittenBytes those of the stored bytes whose pages were in the store before: a take rewrites them so that
 *     snapshots do not need many packs of which they use little
 * @param pending data in the image beyond the recorded positions; none unless the host allowed such a take
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
        long referencedBytes,
        long rewrittenBytes,
        PendingRecord pending) {

    /** Creates a description of a full snapshot without data beyond its positions. */
    public SnapshotInfo(
            SnapshotId id,
            String name,
            Instant created,
            Instant storedAt,
            String libraryVersion,
            Positions positions,
            ImageInfo image,
            long storedBytes) {
        this(id, name, created, storedAt, libraryVersion, positions, image, storedBytes, 0, 0, PendingRecord.none());
    }
}
