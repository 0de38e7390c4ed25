package io.harmonylite.snapshot.internal.format;

import java.util.List;

/**
 * Adjacent frames of a layer. Immutable by convention.
 *
 * @param page first page in them, counted from 0 within the leaf
 * @param index position of that page among all pages of the layer, as in its digests
 * @param offset offset of the first frame from that of the layer, in bytes
 * @param frames the frames
 */
public record FrameRange(int page, int index, int offset, List<Layer.Frame> frames) {

    /** Returns the stored length of the frames in bytes. */
    public int length() {
        return frames.stream().mapToInt(Layer.Frame::length).sum();
    }
}
