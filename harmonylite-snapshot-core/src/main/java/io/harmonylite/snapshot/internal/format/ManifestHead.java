package io.harmonylite.snapshot.internal.format;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.Unpublished;
import io.harmonylite.snapshot.exception.UnsupportedFormatException;
import java.time.Instant;
import java.util.List;

/**
 * The first part of a manifest: all that listing and deciding need. Immutable.
 *
 * @param requires features a reader must know; this version writes and knows none
 * @param id the snapshot
 * @param name the database it is a snapshot of
 * @param created when it was taken, to the millisecond
 * @param libraryVersion who wrote it
 * @param positions the stream positions, empty where there are none
 * @param image what the image is
 * @param storedBytes sum of the sizes of the packs that this take wrote
 * @param unpublished what is in the image and not told of by the positions
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
        Unpublished unpublished) {

    /** The head of a snapshot whose positions tell all that is in it. */
    public ManifestHead(
            List<String> requires,
            SnapshotId id,
            String name,
            Instant created,
            String libraryVersion,
            Positions positions,
            ImageInfo image,
            long storedBytes) {
        this(requires, id, name, created, libraryVersion, positions, image, storedBytes, Unpublished.none());
    }

    /** What the host sees of it. */
    public SnapshotInfo info(Instant storedAt) {
        return new SnapshotInfo(
                id, name, created, storedAt, libraryVersion, positions, image, storedBytes, unpublished);
    }

    /** How its image is cut. */
    public ImageGeometry geometry() {
        return new ImageGeometry(image.pageSize(), image.pageCount());
    }

    /**
     * Refuses what this version cannot read.
     *
     * @throws UnsupportedFormatException where it requires a feature that this version does not know
     */
    public void checkSupported() {
        if (!requires.isEmpty()) {
            throw new UnsupportedFormatException("snapshot " + id + " was written by version " + libraryVersion
                    + " and requires " + requires + ", which this version does not know; upgrade to read it");
        }
    }
}
