package io.harmonylite.snapshot.internal.format;

import java.util.List;

/**
 * A leaf as a manifest names it. Immutable.
 *
 * @param pack index of the pack that holds the leaf itself
 * @param offset where it starts in that pack
 * @param length its stored length in bytes
 * @param digest digest over its page digests ({@link ImageDigests})
 * @param sources the packs its pages live in, in the leaf's own order, so that a later manifest can name an unchanged
 *     leaf without fetching it
 */
public record LeafEntry(int pack, int offset, int length, Digest digest, List<Source> sources) {

    /**
     * A pack in which pages of a leaf live.
     *
     * @param pack index of the pack in the manifest
     * @param pages how many of the leaf's pages
     */
    public record Source(int pack, int pages) {}
}
