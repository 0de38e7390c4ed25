package io.harmonylite.snapshot.internal.format;

import java.util.ArrayList;
import java.util.List;

/**
 * Composes packs in memory, one after the other in the same buffer: frames first, then their leaf. Not thread-safe; one
 * writer occupies {@link PackEntry#MAX_BYTES}.
 */
public final class PackWriter implements AutoCloseable {

    private final FrameCompressor compressor;
    private final byte[] buffer = new byte[PackEntry.MAX_BYTES];
    private final List<Run> runs = new ArrayList<>();
    private PageDigests digests = new PageDigests(0);
    private int size;

    /** Creates a writer with a zstd level. */
    public PackWriter(int level) {
        compressor = new FrameCompressor(level);
    }

    /** Starts a pack that holds one leaf of {@code leafPages} pages. */
    public void begin(int leafPages) {
        runs.clear();
        digests = new PageDigests(leafPages);
        size = 0;
    }

    /** Adds one frame of whole pages, and their digests to the leaf. */
    public void addFrame(byte[] content, int length, int pageSize) {
        int first = digests.pages();
        int count = digests.add(content, length, pageSize);
        int frame = compressor.compress(content, length, buffer, size);
        runs.add(new Run(first, count, 0, size, frame, 0));
        size += frame;
    }

    /** Adds the leaf and ends the pack, which stays in {@link #buffer} until the next {@link #begin}. */
    public SealedPack finish(PackName name, int packIndex) {
        byte[] leaf = LeafCodec.encode(new Leaf(digests.bytes(), List.of(name.toString()), runs));
        int offset = size;
        int length = compressor.compress(leaf, leaf.length, buffer, size);
        size += length;
        LeafEntry entry = new LeafEntry(
                packIndex, offset, length, digests.leaf(), List.of(new LeafEntry.Source(packIndex, digests.pages())));
        return new SealedPack(new PackEntry(name, size, Digest.of(buffer, 0, size)), entry);
    }

    /** Returns the buffer with the pack that was finished last, in its first {@link PackEntry#size} bytes. */
    public byte[] buffer() {
        return buffer;
    }

    @Override
    public void close() {
        compressor.close();
    }

    /**
     * A finished pack.
     *
     * @param pack the pack as listed in a manifest
     * @param leaf its leaf as listed in a manifest
     */
    public record SealedPack(PackEntry pack, LeafEntry leaf) {}
}
