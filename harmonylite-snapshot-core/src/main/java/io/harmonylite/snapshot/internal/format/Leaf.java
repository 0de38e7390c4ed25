package io.harmonylite.snapshot.internal.format;

import java.util.List;

/**
 * The page table of 16 MiB of image: digest and location of each page. Immutable by convention; the arrays are not
 * copied.
 *
 * @param digests SHA-256 of each page, concatenated
 * @param packs names of the packs that hold its pages
 * @param runs locations of its pages; together they contain each page once, in order
 */
@SuppressWarnings("ArrayRecordComponent") // A million digest objects would cost far more than the risk.
public record Leaf(byte[] digests, List<String> packs, List<Run> runs) {

    /** Returns the number of pages. */
    public int pages() {
        return digests.length / Digest.LENGTH;
    }
}
