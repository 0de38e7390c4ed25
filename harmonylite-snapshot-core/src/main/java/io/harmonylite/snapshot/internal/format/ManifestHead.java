package io.harmonylite.snapshot.internal.format;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.PendingRecord;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.exception.UnsupportedFormatException;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The first part of a manifest, which is enough to list snapshots and decide about them. Immutable.
 *
 * @param requires features a reader must support; this version writes and supports {@link #SEALED}
 * @param id id of the snapshot
 * @param name name of the database
 * @param created time of the take, to the millisecond
 * @param libraryVersion version of the library that wrote the manifest
 * @param positions stream positions, empty if there are none
 * @param image properties of the image
 * @param storedBytes sum of the sizes of the packs that this take wrote
 * @param referencedBytes sum of the sizes of the packs of earlier takes that the manifest names
 * @param rewrittenBytes those of the stored bytes that hold pages which earlier packs hold too
 * @param unpublished data in the image beyond the positions
 * @param ordering place of the snapshot among the others
 * @param possiblyMissing messages of each stream that the image may lack
 * @param notCompacted why a compaction that was due was skipped; empty if it was not
 * @param seal the seal; empty if the snapshot is not sealed
 */
public record ManifestHead(
        List<String> requires,
        SnapshotId id,
        String name,
        Instant created,
        String libraryVersion,
        Positions positions,
        ImageInfo image,
        long storedBytes,
        long referencedBytes,
        long rewrittenBytes,
        PendingRecord unpublished,
        Ordering ordering,
        SortedMap<String, SequenceRange> possiblyMissing,
        Optional<String> notCompacted,
        Optional<ManifestSeal> seal) {

    /** Feature of sealed manifests. */
    public static final String SEALED = "sealed";

    /** Maximum length of {@code notCompacted}, in code points. */
    public static final int MAX_REASON = 400;

    /** Creates the head of a full snapshot without data beyond its positions and with an unknown place among the others. */
    public ManifestHead(
            List<String> requires,
            SnapshotId id,
            String name,
            Instant created,
            String libraryVersion,
            Positions positions,
            ImageInfo image,
            long storedBytes) {
        this(
                requires,
                id,
                name,
                created,
                libraryVersion,
                positions,
                image,
                storedBytes,
                0,
                0,
                PendingRecord.none(),
                Ordering.unknown(),
                Collections.emptySortedMap(),
                Optional.empty(),
                Optional.empty());
    }

    /**
     * Returns the description of the snapshot for the host.
     *
     * @param storedAt time from which its age counts
     */
    public SnapshotInfo info(Instant storedAt) {
        return new SnapshotInfo(
                id,
                name,
                created,
                storedAt,
                libraryVersion,
                positions,
                image,
                storedBytes,
                referencedBytes,
                rewrittenBytes,
                unpublished,
                ordering.generation(),
                possiblyMissing,
                notCompacted,
                seal.map(ManifestSeal::key));
    }

    /** Returns this head with another ordering. */
    public ManifestHead with(Ordering other) {
        return with(other, image, notCompacted, seal);
    }

    /** Returns this head with another seal. */
    ManifestHead with(ManifestSeal other) {
        return with(ordering, image, notCompacted, Optional.of(other));
    }

    /** Returns this head with the values that are sealed. */
    ManifestHead with(String schemaDigest, String imageDigest, Optional<String> reason, ManifestSeal other) {
        ImageInfo complete = new ImageInfo(
                image.pageSize(),
                image.pageCount(),
                image.userVersion(),
                image.applicationId(),
                image.encoding(),
                image.journalMode(),
                schemaDigest,
                imageDigest);
        return with(ordering, complete, reason, Optional.of(other));
    }

    private ManifestHead with(
            Ordering other, ImageInfo complete, Optional<String> reason, Optional<ManifestSeal> sealed) {
        return new ManifestHead(
                requires,
                id,
                name,
                created,
                libraryVersion,
                positions,
                complete,
                storedBytes,
                referencedBytes,
                rewrittenBytes,
                unpublished,
                other,
                possiblyMissing,
                reason,
                sealed);
    }

    /** Returns the geometry of the image. */
    public ImageGeometry geometry() {
        return new ImageGeometry(image.pageSize(), image.pageCount());
    }

    /**
     * Rejects a snapshot that this version cannot read.
     *
     * @throws UnsupportedFormatException if the snapshot requires an unknown feature
     */
    public void checkSupported() {
        if (!List.of(SEALED).containsAll(requires)) {
            throw new UnsupportedFormatException("snapshot " + id + " was written by version " + libraryVersion
                    + " and requires " + requires + ", which this version does not support; upgrade to read it");
        }
    }
}
