package io.harmonylite.snapshot.internal.format;

import java.util.BitSet;
import java.util.List;

/**
 * The page table and the page digests of the pages of one leaf that one pack stores. The frames are adjacent in the
 * pack, contain the pages in order, and end where the layer's block begins. Immutable by convention; nothing is copied.
 *
 * @param leaf number of the leaf
 * @param pages the stored pages, counted from 0 within the leaf
 * @param frames the frames, in the order in which they are stored
 * @param digests SHA-256 of each stored page, concatenated
 */
@SuppressWarnings("ArrayRecordComponent") // A million digest objects would cost far more than the risk.
public record Layer(int leaf, BitSet pages, List<Frame> frames, byte[] digests) {

    /**
     * A frame of a layer.
     *
     * @param pages number of whole pages in it
     * @param length stored length in bytes
     */
    public record Frame(int pages, int length) {}

    /** Returns the stored length of all frames in bytes. */
    long frameBytes() {
        return frames.stream().mapToLong(Frame::length).sum();
    }
}
