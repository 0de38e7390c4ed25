package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.internal.catalog.PackFetcher;
import io.harmonylite.snapshot.internal.concurrent.ParallelLoop;
import io.harmonylite.snapshot.internal.format.FrameRange;
import io.harmonylite.snapshot.internal.format.ImageGeometry;
import io.harmonylite.snapshot.internal.format.Layer;
import io.harmonylite.snapshot.internal.format.LayerEntry;
import io.harmonylite.snapshot.internal.format.LeafDiff;
import io.harmonylite.snapshot.internal.format.LeafEntry;
import io.harmonylite.snapshot.internal.format.PackEntry;
import io.harmonylite.snapshot.internal.format.PackReader;
import io.harmonylite.snapshot.internal.format.PageDigests;
import io.harmonylite.snapshot.internal.sqlite.ImagePages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Replaces the pages of a copied database that differ from the image, on one thread; each step is one leaf. Reads the
 * blocks of a leaf's layers only until its digest confirms that all other pages are equal, and then the frames of pages
 * that differ. Pages of zeros are not fetched.
 */
final class DeltaWorker implements ParallelLoop.Worker {

    private final Delta delta;
    private final ImagePages image;
    private final ImageGeometry geometry;
    private final long oldPages;
    private final PackFetcher fetcher;
    private final PackReader reader = new PackReader();
    private final PageDigests zero = new PageDigests(1);
    private final byte[] buffer = new byte[ImageGeometry.FRAME_BYTES];

    /**
     * Creates a worker.
     *
     * @param image the copy, with the image's size
     * @param oldPages number of pages of the replaced database
     */
    DeltaWorker(Delta delta, ImagePages image, long oldPages) {
        this.delta = delta;
        this.image = image;
        this.geometry = image.geometry();
        this.oldPages = oldPages;
        this.fetcher = delta.fetcher();
        zero.add(new byte[geometry.pageSize()], geometry.pageSize(), geometry.pageSize());
    }

    @Override
    public void step(int number) throws IOException {
        LeafEntry leaf = delta.manifest().leaves().get(number);
        int pages = geometry.pagesIn(number);
        PageDigests local = image.digests(number, buffer);
        List<LayerEntry> entries = leaf.layers();
        int[] used = entries.stream().mapToInt(LayerEntry::used).toArray();
        Blocks blocks = new Blocks(number, entries);
        LeafDiff.of(local, leaf.digest(), pages, used, blocks);
        BitSet found = new BitSet();
        BitSet fetched = new BitSet();
        for (ReadLayer read : blocks.read) {
            BitSet wanted = differing(local, read.layer(), found);
            found.or(read.layer().pages());
            fetched.or(wanted);
            clear(read.layer(), wanted);
            for (FrameRange range : read.layer().ranges(wanted)) {
                fetch(read, range, wanted);
            }
        }
        BitSet old = new BitSet();
        old.set(0, (int) Math.max(0, Math.min(pages, oldPages - geometry.firstPage(number) + 1)));
        old.andNot(fetched);
        delta.completed(number, old.cardinality());
    }

    /** Returns the pages of a layer that no later layer has, and that differ in the copy. */
    private BitSet differing(PageDigests local, Layer layer, BitSet found) {
        BitSet differing = new BitSet();
        int index = 0;
        for (int page = layer.pages().nextSetBit(0);
                page >= 0 && page < local.pages();
                page = layer.pages().nextSetBit(page + 1), index++) {
            if (!found.get(page) && !local.isAt(page, layer.digests(), index)) {
                differing.set(page);
            }
        }
        return differing;
    }

    /** Writes pages of zeros, such as free pages, and removes them from the pages to fetch. */
    private void clear(Layer layer, BitSet wanted) throws IOException {
        int index = 0;
        for (int page = layer.pages().nextSetBit(0);
                page >= 0;
                page = layer.pages().nextSetBit(page + 1), index++) {
            if (wanted.get(page) && zero.isAt(0, layer.digests(), index)) {
                wanted.clear(page);
                write(geometry.firstPage(layer.leaf()) + page, 1, new byte[geometry.pageSize()], 0);
            }
        }
    }

    private void fetch(ReadLayer read, FrameRange range, BitSet wanted) throws IOException {
        Layer layer = read.layer();
        int size = geometry.pageSize();
        int offset = layer.start(read.entry()) + range.offset();
        PackEntry pack = pack(read.entry());
        fetcher.<Boolean, IOException>fetch(pack, offset, range.length(), bytes -> {
            reader.<IOException>pages(
                    bytes, offset, pack, offset, layer, range, size, (first, count, content, at, index) -> {
                        for (int i = 0; i < count; i++) {
                            layer.check(index + i, content, at + i * size, size);
                        }
                        int end = first + count;
                        for (int page = wanted.nextSetBit(first); page >= 0 && page < end; ) {
                            int next = Math.min(wanted.nextClearBit(page), end);
                            write(
                                    geometry.firstPage(layer.leaf()) + page,
                                    next - page,
                                    content,
                                    at + (page - first) * size);
                            page = wanted.nextSetBit(next);
                        }
                    });
            return true;
        });
    }

    private void write(long page, int count, byte[] content, int offset) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(content, offset, count * geometry.pageSize());
        delta.files().write(image.channel(), bytes, geometry.offsetOf(page));
    }

    private PackEntry pack(LayerEntry entry) {
        return delta.manifest().packs().get(entry.pack());
    }

    @Override
    public void close() {
        reader.close();
    }

    /** Reads the layers of a leaf, and keeps them for its pages. */
    private final class Blocks implements LeafDiff.Layers {

        private final int leaf;
        private final List<LayerEntry> entries;
        private final List<ReadLayer> read = new ArrayList<>();

        Blocks(int leaf, List<LayerEntry> entries) {
            this.leaf = leaf;
            this.entries = entries;
        }

        @Override
        public boolean isUsable(int layer) {
            return true;
        }

        @Override
        public Layer read(int number) {
            LayerEntry entry = entries.get(number);
            PackEntry pack = pack(entry);
            Layer layer = fetcher.fetch(
                    pack,
                    entry.offset(),
                    entry.blockLength(pack),
                    bytes -> reader.layer(bytes, entry.offset(), pack, entry, leaf, geometry.pageSize()));
            read.add(new ReadLayer(entry, layer));
            return layer;
        }
    }

    /** A layer that was read, newest first. */
    private record ReadLayer(LayerEntry entry, Layer layer) {}
}
