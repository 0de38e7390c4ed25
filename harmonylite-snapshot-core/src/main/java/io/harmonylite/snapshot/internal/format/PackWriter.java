package io.harmonylite.snapshot.internal.format;

import io.harmonylite.snapshot.internal.format.DataKey.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Composes packs in memory, one after the other in the same buffer. A pack consists of layers: the frames of some pages
 * of one leaf, followed by the layer's block. Positions in a layer are relative to its block, so that packs can be
 * joined. Not thread-safe. The buffer of a writer grows with its packs, up to {@link PackEntry#MAX_BYTES}.
 */
public final class PackWriter implements AutoCloseable {

    /** Reserve for what zstd adds to a frame that it cannot compress, before it is stored plain, and for a page table. */
    private static final int RESERVE = 512 << 10;

    /** Size of a buffer beyond which it grows to its maximum at once, so that two large ones rarely exist. */
    private static final int SMALL = 4 << 20;

    private final FrameCompressor compressor;
    private final @Nullable DataKey key;
    private final List<Part> parts = new ArrayList<>();
    private byte[] buffer = new byte[0];
    private final List<SealedLayer> layers = new ArrayList<>();
    private final List<Layer.Frame> frames = new ArrayList<>();
    private PageDigests digests = new PageDigests(0);
    private int size;
    private int imageBytes;

    /** Creates a writer with a zstd level. */
    public PackWriter(int level) {
        this(level, null);
    }

    /**
     * Creates a writer with a zstd level.
     *
     * @param key seals the packs; null if they are not sealed
     */
    public PackWriter(int level, @Nullable DataKey key) {
        compressor = new FrameCompressor(level);
        this.key = key;
    }

    /**
     * Returns whether the pack can hold a further layer of this many pages, however badly they compress. A pack holds
     * 16 MiB of pages at most, so that restores and verifications can work on several packs at once.
     */
    public boolean hasRoomFor(int pages, int pageSize) {
        return imageBytes + pages * pageSize <= ImageGeometry.LEAF_BYTES
                && size + pages * (pageSize + Digest.LENGTH) + RESERVE <= PackEntry.MAX_BYTES;
    }

    /** Returns whether the pack has no layer. */
    public boolean isEmpty() {
        return layers.isEmpty();
    }

    /** Begins a layer of this many pages. */
    public void beginLayer(int pages) {
        frames.clear();
        digests = new PageDigests(pages);
    }

    /** Adds one frame of whole pages to the layer. It is stored plain if it does not become shorter. */
    public void addFrame(byte[] content, int length, int pageSize) {
        int pages = digests.add(content, length, pageSize);
        grow(length + RESERVE);
        int stored = Math.min(length, compressor.compress(content, length, buffer, size));
        if (stored == length) {
            System.arraycopy(content, 0, buffer, size, length);
        }
        int sealed = addPart(Kind.FRAME, size, stored);
        frames.add(new Layer.Frame(pages, sealed));
        size += sealed;
        imageBytes += length;
    }

    /** Records a part that is sealed when its pack and its offset are known. Returns its stored length. */
    private int addPart(Kind kind, int offset, int length) {
        if (key == null) {
            return length;
        }
        parts.add(new Part(kind, offset, length));
        return DataKey.sealedLength(length);
    }

    /**
     * Ends a layer.
     *
     * @param leaf number of its leaf
     * @param pages the pages that were added, counted from 0 within the leaf
     * @return the digests of these pages
     */
    public PageDigests endLayer(int leaf, BitSet pages) {
        int offset = size;
        byte[] table = LayerCodec.encode(new Layer(leaf, pages, frames, digests.bytes()));
        grow(digests.bytes().length + RESERVE);
        int length = compressor.compress(table, table.length, buffer, size);
        size += length;
        System.arraycopy(digests.bytes(), 0, buffer, size, digests.bytes().length);
        size += digests.bytes().length;
        if (key == null) {
            System.arraycopy(Digest.of(buffer, offset, size - offset).bytes(), 0, buffer, size, Digest.LENGTH);
            size += Digest.LENGTH;
        } else {
            size = offset + addPart(Kind.BLOCK, offset, size - offset);
        }
        layers.add(new SealedLayer(leaf, offset, length, digests.pages()));
        return digests;
    }

    /** Moves all layers of another pack to the end of this one, if there is room. Returns whether there was. */
    public boolean join(PackWriter other) {
        if (imageBytes + other.imageBytes > ImageGeometry.LEAF_BYTES || size + other.size > PackEntry.MAX_BYTES) {
            return false;
        }
        grow(other.size);
        System.arraycopy(other.buffer, 0, buffer, size, other.size);
        other.layers.forEach(layer ->
                layers.add(new SealedLayer(layer.leaf(), layer.offset() + size, layer.length(), layer.pages())));
        other.parts.forEach(part -> parts.add(new Part(part.kind(), part.offset() + size, part.length())));
        size += other.size;
        imageBytes += other.imageBytes;
        other.clear();
        return true;
    }

    /** Ends the pack, which stays in {@link #buffer} until the next layer begins. The next pack is empty. */
    public SealedPack finish(PackName name) {
        int pages = layers.stream().mapToInt(SealedLayer::pages).sum();
        if (key != null) {
            parts.forEach(part -> key.seal(part.kind(), name, buffer, part.offset(), part.length()));
        }
        SealedPack sealed =
                new SealedPack(new PackEntry(name, size, Digest.of(buffer, 0, size), pages, key), List.copyOf(layers));
        clear();
        return sealed;
    }

    /** Makes room for further bytes, as far as a pack may have them. */
    private void grow(int bytes) {
        int needed = Math.min(size + bytes, PackEntry.MAX_BYTES);
        if (needed > buffer.length) {
            buffer = Arrays.copyOf(buffer, needed > SMALL ? PackEntry.MAX_BYTES : 2 * needed);
        }
    }

    private void clear() {
        layers.clear();
        parts.clear();
        size = 0;
        imageBytes = 0;
    }

    /** Returns the buffer with the pack that was finished last, in its first {@link PackEntry#size} bytes. */
    public byte[] buffer() {
        return buffer;
    }

    @Override
    public void close() {
        compressor.close();
    }

    /** A part of the pack that is not sealed yet. */
    private record Part(Kind kind, int offset, int length) {}

    /**
     * A finished pack.
     *
     * @param pack the pack as listed in a manifest
     * @param layers its layers
     */
    public record SealedPack(PackEntry pack, List<SealedLayer> layers) {}

    /**
     * A layer of a finished pack.
     *
     * @param leaf number of the leaf
     * @param offset offset of the layer's block in the pack
     * @param length stored length of the page table
     * @param pages number of pages
     */
    public record SealedLayer(int leaf, int offset, int length, int pages) {}
}
