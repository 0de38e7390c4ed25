package io.harmonylite.snapshot.internal.format;

import java.util.List;

/**
 * The small object that makes a snapshot exist. Immutable.
 *
 * @param head what the snapshot is
 * @param packs the objects its pages and leaves live in
 * @param leaves its page tables, in the order of the image
 */
public record Manifest(ManifestHead head, List<PackEntry> packs, List<LeafEntry> leaves) {

    /** The pack that holds a leaf. */
    public PackEntry packOf(LeafEntry leaf) {
        return packs.get(leaf.pack());
    }

    /** The packs in which the pages of a leaf live, in the leaf's own order. */
    public List<PackEntry> sourcesOf(LeafEntry leaf) {
        return leaf.sources().stream().map(source -> packs.get(source.pack())).toList();
    }
}
