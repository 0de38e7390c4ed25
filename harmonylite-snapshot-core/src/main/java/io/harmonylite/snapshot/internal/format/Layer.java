package io.harmonylite.snapshot.internal.format;

import java.util.ArrayList;
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

    /** Returns the offset of the first frame in the pack, in bytes. */
    public int start(LayerEntry entry) {
        return entry.offset() - (int) frameBytes();
    }

    /** Returns the frames that contain some of the pages, adjacent ones together. */
    public List<FrameRange> ranges(BitSet some) {
        List<FrameRange> ranges = new ArrayList<>();
        FrameRange open = null;
        int offset = 0;
        int index = 0;
        int page = pages.nextSetBit(0);
        for (Frame frame : frames) {
            int first = page;
            boolean isIn = false;
            for (int i = 0; i < frame.pages(); i++) {
                isIn |= some.get(page);
                page = pages.nextSetBit(page + 1);
            }
            if (isIn) {
                if (open == null) {
                    open = new FrameRange(first, index, offset, new ArrayList<>());
                    ranges.add(open);
                }
                open.frames().add(frame);
            } else {
                open = null;
            }
            offset += frame.length();
            index += frame.pages();
        }
        return ranges;
    }

    /**
     * Checks a page that was read from the layer.
     *
     * @param index position of the page among all pages of the layer
     * @throws MalformedException if it has another digest
     */
    public void check(int index, byte[] buffer, int offset, int pageSize) throws MalformedException {
        if (!Digest.of(buffer, offset, pageSize).equals(Digest.copyOf(digests, index * Digest.LENGTH))) {
            throw new MalformedException("a page of leaf " + leaf + " has another digest");
        }
    }
}
