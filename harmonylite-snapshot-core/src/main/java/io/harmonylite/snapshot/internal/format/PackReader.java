package io.harmonylite.snapshot.internal.format;

import io.harmonylite.snapshot.internal.format.DataKey.Kind;
import java.util.Arrays;

/**
 * Decodes packs, or parts of them that were read by ranges. Not thread-safe; reuses its buffer of 1 MiB.
 */
public final class PackReader implements AutoCloseable {

    private final FrameDecompressor decompressor = new FrameDecompressor();
    private final byte[] frame = new byte[ImageGeometry.FRAME_BYTES];

    /**
     * Decodes the block of a layer, and checks it against its own digest or seal, and the manifest.
     *
     * @param bytes the pack, or a part of it that contains the block
     * @param base offset of {@code bytes} in the pack
     * @param entry the layer as listed in the manifest
     * @param leaf number of the leaf
     */
    public Layer layer(byte[] bytes, int base, PackEntry pack, LayerEntry entry, int leaf, int pageSize)
            throws MalformedException {
        byte[] block = bytes;
        int offset = entry.offset() - base;
        DataKey key = pack.key();
        if (key != null) {
            block = key.open(Kind.BLOCK, pack.name(), entry.offset(), bytes, offset, entry.blockLength(pack));
            offset = 0;
        }
        int digests = offset + entry.length();
        int end = digests + entry.stored() * Digest.LENGTH;
        if (key == null && !Digest.of(block, offset, end - offset).equals(Digest.copyOf(block, end))) {
            throw new MalformedException("the page table of leaf " + leaf + " does not match its digest");
        }
        int length = FrameDecompressor.contentLength(block, offset, entry.length(), LayerCodec.MAX_BYTES);
        byte[] table = new byte[length];
        decompressor.decompress(block, offset, entry.length(), table, length);
        Layer layer = LayerCodec.decode(
                table,
                leaf,
                Arrays.copyOfRange(block, digests, end),
                ImageGeometry.LEAF_BYTES / pageSize,
                ImageGeometry.FRAME_BYTES / pageSize);
        if (layer.frameBytes() > entry.offset()) {
            throw new MalformedException("the frames of leaf " + leaf + " begin before their pack");
        }
        return layer;
    }

    /**
     * Decodes a frame.
     *
     * @param bytes the pack, or a part of it that contains the frame
     * @param base offset of {@code bytes} in the pack
     * @param at offset of the frame in the pack
     * @return a buffer that holds the pages of the frame until the next call
     */
    private byte[] frame(byte[] bytes, int base, PackEntry pack, int at, Layer.Frame of, int pageSize)
            throws MalformedException {
        DataKey key = pack.key();
        if (key == null) {
            return frame(bytes, at - base, of.length(), of.pages(), pageSize);
        }
        byte[] content = key.open(Kind.FRAME, pack.name(), at, bytes, at - base, of.length());
        return frame(content, 0, content.length, of.pages(), pageSize);
    }

    private byte[] frame(byte[] bytes, int offset, int stored, int pages, int pageSize) throws MalformedException {
        int length = pages * pageSize;
        if (stored == length) {
            System.arraycopy(bytes, offset, frame, 0, length); // Stored plain.
            return frame;
        }
        if (stored > length || FrameDecompressor.contentLength(bytes, offset, stored, frame.length) != length) {
            throw new MalformedException("a frame does not have " + pages + " pages");
        }
        decompressor.decompress(bytes, offset, stored, frame, length);
        return frame;
    }

    /** Decodes all pages of a layer of a pack, and passes each run of consecutive pages to a sink. */
    public <E extends Exception> void pages(
            byte[] bytes, PackEntry pack, LayerEntry entry, Layer layer, int pageSize, PageRuns<E> sink)
            throws MalformedException, E {
        for (FrameRange all : layer.ranges(layer.pages())) {
            pages(bytes, 0, pack, layer.start(entry), layer, all, pageSize, sink);
        }
    }

    /**
     * Decodes adjacent frames of a layer, and passes each run of consecutive pages to a sink.
     *
     * @param bytes the pack, or a part of it that contains the frames
     * @param base offset of {@code bytes} in the pack
     * @param offset offset of the first frame in the pack
     */
    public <E extends Exception> void pages(
            byte[] bytes,
            int base,
            PackEntry pack,
            int offset,
            Layer layer,
            FrameRange range,
            int pageSize,
            PageRuns<E> sink)
            throws MalformedException, E {
        int at = offset;
        int page = range.page();
        int index = range.index();
        for (Layer.Frame next : range.frames()) {
            byte[] content = frame(bytes, base, pack, at, next, pageSize);
            for (int done = 0; done < next.pages(); ) {
                int count = Math.min(layer.pages().nextClearBit(page) - page, next.pages() - done);
                sink.accept(page, count, content, done * pageSize, index);
                done += count;
                index += count;
                page = layer.pages().nextSetBit(page + count);
            }
            at += next.length();
        }
    }

    @Override
    public void close() {
        decompressor.close();
    }

    /**
     * Receives consecutive pages of a leaf.
     *
     * @param <E> what it may throw
     */
    @FunctionalInterface
    public interface PageRuns<E extends Exception> {
        /**
         * Receives pages that are adjacent in a buffer.
         *
         * @param first first page, counted from 0 within the leaf
         * @param offset offset of the first page in {@code buffer}
         * @param index position of the first page among all pages of the layer, as in its digests
         */
        void accept(int first, int count, byte[] buffer, int offset, int index) throws E, MalformedException;
    }
}
