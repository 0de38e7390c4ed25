package io.harmonylite.snapshot.internal.format;

import java.util.List;

/**
 * A leaf as listed in a manifest. Immutable.
 *
 * @param pack index of the pack that holds the leaf itself
 * @param offset offset of the leaf in that pack
 * @param length stored length in bytes
 * @param digest digest over its page digests ({@link ImageDigests})
 * @param sources packs that hold its pages, in the leaf's own order, so that a later manifest can reference an
 *     unchanged leaf without fetching it
 */
public record LeafEntry(int pack, int offset, int length, Digest digest, List<Source> sources) {

    /**
     * A pack that holds pages of a leaf.
     *
     * @param pack index of the pack in the manifest
     * @param pages number of the leaf's pages in the pack
     */
    public record Source(int pack, int pages) {}
}
