package io.harmonylite.snapshot;

import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Describes one snapshot in a store, from the head of its manifest. Immutable.
 *
 * @param id unique id
 * @param name name of the database's snapshots in the store
 * @param created time of the take, by the clock of the node that took it, to the millisecond
 * @param storedAt time from which the age of the snapshot counts: the later of {@code created} and the store's time of
 *     the manifest, as far as they are not in the future, and at least that of every lower generation. {@link
 *     SnapshotListing#doubts} names snapshots whose times contradict each other
 * @param libraryVersion version of the library that took the snapshot
 * @param positions stream positions of the image; empty if the host gave none
 * @param image properties of the image
 * @param storedBytes bytes of pages that this take added to the store
 * @param referencedBytes bytes of the packs of earlier takes that the snapshot needs too; 0 for a full snapshot
 * @param rewrittenBytes those of the stored bytes whose pages were in the store before: a take rewrites them so that
 *     snapshots do not need many packs of which they use little
 * @param pending data in the image beyond the recorded positions; none unless the host allowed such a take
 * @param generation 1 + the highest generation of the snapshots that existed when the take began; 0 if unknown. It
 *     decides which snapshot is the latest if positions do not
 * @param possiblyMissing messages of each stream that the image may lack, because the node once joined by a snapshot of
 *     HarmonyLite, which does not record what it contains; empty for all other nodes
 * @param notCompacted why a compaction that was due was skipped; empty if none was due, or the image is compacted, or
 *     the snapshot is sealed and was listed without keys
 * @param key id of the key with which the snapshot is sealed; empty if it is not sealed
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
        PendingRecord pending,
        long generation,
        SortedMap<String, SequenceRange> possiblyMissing,
        Optional<String> notCompacted,
        Optional<String> key) {

    /** Creates a description of a full snapshot of unknown generation, without data beyond its positions. */
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
                0,
                0,
                PendingRecord.none(),
                0,
                Collections.emptySortedMap(),
                Optional.empty(),
                Optional.empty());
    }
}
