package io.harmonylite.snapshot.internal.format;

import java.util.List;

/**
 * The page table of 16 MiB of image: digest and place of each page. Immutable by convention; the arrays are not copied.
 *
 * @param digests SHA-256 of each page, one after the other
 * @param packs names of the packs its pages live in
 * @param runs where its pages live; together they name each page once, in order
 */
@SuppressWarnings("ArrayRecordComponent") // A million digests as objects would cost far more than the risk.
public record Leaf(byte[] digests, List<String> packs, List<Run> runs) {

    /** How many pages it describes. */
    public int pages() {
        return digests.length / Digest.LENGTH;
    }
}
