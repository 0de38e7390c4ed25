package io.harmonylite.snapshot.internal.format;

import java.util.List;

/**
 * The small object that makes a snapshot exist. Immutable.
 *
 * @param head description of the snapshot
 * @param packs all packs that hold pages of the image, in the order in which they were written
 * @param leaves locations of the pages, in the order of the image
 * @param credit bytes that later takes may rewrite in addition
 */
public record Manifest(ManifestHead head, List<PackEntry> packs, List<LeafEntry> leaves, long credit) {

    /** Returns this manifest with another ordering. */
    public Manifest with(Ordering ordering) {
        return new Manifest(head.with(ordering), packs, leaves, credit);
    }
}
