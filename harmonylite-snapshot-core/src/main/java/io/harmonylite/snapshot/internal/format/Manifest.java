package io.harmonylite.snapshot.internal.format;

import java.util.List;

/**
 * The small object that makes a snapshot exist. Immutable.
 *
 * @param head description of the snapshot
 * @param packs objects that hold its pages and leaves
 * @param leaves page tables, in the order of the image
 */
public record Manifest(ManifestHead head, List<PackEntry> packs, List<LeafEntry> leaves) {

    /** Returns the pack that holds a leaf. */
    public PackEntry packOf(LeafEntry leaf) {
        return packs.get(leaf.pack());
    }

    /** Returns the packs that hold the pages of a leaf, in the leaf's own order. */
    public List<PackEntry> sourcesOf(LeafEntry leaf) {
        return leaf.sources().stream().map(source -> packs.get(source.pack())).toList();
    }
}
