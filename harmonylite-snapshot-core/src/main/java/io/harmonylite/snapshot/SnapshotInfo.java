package io.harmonylite.snapshot;

import java.time.Instant;
import java.util.Optional;

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
 * @param storedBytes bytes that the snapshot occupies in the store, without the manifest
 * @param pending data in the image beyond the recorded positions; none unless the host allowed such a take
 * @param notCompacted why a compaction that was due was skipped; empty if none was due, or the image is compacted
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
        PendingRecord pending,
        Optional<String> notCompacted) {

    /** Creates a description of a snapshot without data beyond its positions, for which no compaction was skipped. */
    public SnapshotInfo(
            SnapshotId id,
            String name,
            Instant created,
            Instant storedAt,
            String libraryVersion,
            Positions positions,
            ImageInfo image,
            long storedBytes) {
        this(
                id,
                name,
                created,
                storedAt,
                libraryVersion,
                positions,
                image,
                storedBytes,
                PendingRecord.none(),
                Optional.empty());
    }
}
