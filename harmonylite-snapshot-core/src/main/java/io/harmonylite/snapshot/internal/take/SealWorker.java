package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.internal.concurrent.ParallelLoop;
import io.harmonylite.snapshot.internal.format.ImageGeometry;
import io.harmonylite.snapshot.internal.format.Layer;
import io.harmonylite.snapshot.internal.format.LeafDiff;
import io.harmonylite.snapshot.internal.format.MalformedException;
import io.harmonylite.snapshot.internal.format.PackReader;
import io.harmonylite.snapshot.internal.format.PackWriter;
import io.harmonylite.snapshot.internal.format.PageDigests;
import io.harmonylite.snapshot.internal.sqlite.ImagePages;
import io.harmonylite.snapshot.internal.take.StoredImage.StoredLeaf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Seals leaves on one thread; each step is one leaf. Pages that the stored image has are referenced, the others are
 * compressed and stored. A leaf with the stored digest is only read and digested.
 */
final class SealWorker implements ParallelLoop.Worker {

    private final Seal seal;
    private final ImagePages image;
    private final StoredImage stored;
    private final PackReader reader = new PackReader();
    private final byte[] frame = new byte[ImageGeometry.FRAME_BYTES];
    private @Nullable PackWriter writer;

    /**
     * Creates a worker.
     *
     * @param stored the image whose pages may be referenced
     */
    SealWorker(Seal seal, ImagePages image, StoredImage stored) {
        this.seal = seal;
        this.image = image;
        this.stored = stored;
    }

    @Override
    public void step(int leaf) throws IOException {
        StoredLeaf base = stored.leaf(leaf);
        if (base == null) {
            BitSet all = new BitSet();
            all.set(0, image.geometry().pagesIn(leaf));
            // Digests and frames are of the same read. The layer cannot be added before its leaf is set.
            seal.leaves().set(leaf, store(leaf, all).leaf(), List.of());
        } else {
            seal(leaf, base, image.digests(leaf, frame));
        }
        seal.progressed(leaf);
    }

    private void seal(int leaf, StoredLeaf base, PageDigests digests) throws IOException {
        List<PlacedLayer> layers = base.layers();
        int[] used = layers.stream().mapToInt(layer -> layer.entry().used()).toArray();
        LeafDiff diff = LeafDiff.of(digests, base.digest(), base.pages(), used, new BaseLayers(leaf, layers));
        List<PlacedLayer> referenced = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            if (diff.used()[i] > 0) {
                referenced.add(layers.get(i).withUsed(diff.used()[i]));
            }
        }
        seal.leaves().set(leaf, digests.leaf(), referenced);
        if (!diff.changed().isEmpty() && !store(leaf, diff.changed()).areOf(digests, diff.changed())) {
            throw new IOException("the copy changed while leaf " + leaf + " was read from it");
        }
    }

    /** Adds pages of a leaf to the pack, and returns their digests. */
    private PageDigests store(int leaf, BitSet pages) throws IOException {
        ImageGeometry geometry = image.geometry();
        PackWriter pack = packFor(pages.cardinality());
        pack.beginLayer(pages.cardinality());
        int filled = 0;
        for (int first = pages.nextSetBit(0); first >= 0; ) {
            int room = geometry.pagesPerFrame() - filled / geometry.pageSize();
            int count = Math.min(pages.nextClearBit(first) - first, room);
            filled += image.read(geometry.firstPage(leaf) + first, count, frame, filled);
            first = pages.nextSetBit(first + count);
            if (count == room || first < 0) {
                pack.addFrame(frame, filled, geometry.pageSize());
                filled = 0;
            }
        }
        return pack.endLayer(leaf, pages);
    }

    private PackWriter packFor(int pages) {
        PackWriter pack = writer == null ? seal.packs().borrow() : writer;
        writer = pack;
        if (!pack.hasRoomFor(pages, image.geometry().pageSize())) {
            seal.upload().store(pack);
        }
        return pack;
    }

    @Override
    public void close() {
        reader.close();
        if (writer != null) {
            seal.packs().giveBack(writer);
        }
    }

    /** Reads the layers of a leaf of the stored image. */
    private final class BaseLayers implements LeafDiff.Layers {

        private final int leaf;
        private final List<PlacedLayer> layers;

        BaseLayers(int leaf, List<PlacedLayer> layers) {
            this.leaf = leaf;
            this.layers = layers;
        }

        @Override
        public boolean isUsable(int layer) {
            return stored.isUsable(layers.get(layer).pack().name());
        }

        @Override
        public Layer read(int layer) throws MalformedException {
            PlacedLayer at = layers.get(layer);
            try {
                return seal.catalog()
                        .readLayer(at.pack(), at.entry(), leaf, image.geometry().pageSize(), reader);
            } catch (CorruptSnapshotException e) {
                throw new MalformedException(String.valueOf(e.getMessage()), e);
            }
        }
    }
}
