package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.internal.format.Digest;
import io.harmonylite.snapshot.internal.format.ImageGeometry;
import io.harmonylite.snapshot.internal.format.LayerEntry;
import io.harmonylite.snapshot.internal.format.LeafEntry;
import io.harmonylite.snapshot.internal.format.PackEntry;
import io.harmonylite.snapshot.internal.format.PackWriter.SealedLayer;
import io.harmonylite.snapshot.internal.format.PackWriter.SealedPack;
import io.harmonylite.snapshot.internal.take.StoredImage.StoredLeaf;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The leaves of the image that a take seals, as they become known. Thread-safe. */
final class LeafTable {

    private final ImageGeometry geometry;
    private final @Nullable Digest[] digests;
    private final List<List<PlacedLayer>> layers;

    LeafTable(ImageGeometry geometry) {
        this.geometry = geometry;
        this.digests = new Digest[geometry.leafCount()];
        this.layers = new ArrayList<>();
        for (int leaf = 0; leaf < geometry.leafCount(); leaf++) {
            layers.add(List.of());
        }
    }

    /** Sets digest and referenced layers of a leaf, before its new layer is added. */
    synchronized void set(int leaf, Digest digest, List<PlacedLayer> referenced) {
        digests[leaf] = digest;
        layers.set(leaf, List.copyOf(referenced));
    }

    /** Adds the layers of a pack that was stored. */
    synchronized void add(SealedPack sealed) {
        for (SealedLayer layer : sealed.layers()) {
            List<PlacedLayer> more = new ArrayList<>(layers.get(layer.leaf()));
            more.add(new PlacedLayer(
                    sealed.pack(), new LayerEntry(0, layer.offset(), layer.length(), layer.pages(), layer.pages())));
            layers.set(layer.leaf(), List.copyOf(more));
        }
    }

    /** Returns a leaf that was set. */
    synchronized StoredLeaf leaf(int number) {
        return new StoredLeaf(digest(number), geometry.pagesIn(number), layers.get(number));
    }

    private Digest digest(int leaf) {
        return Objects.requireNonNull(digests[leaf], "the leaf was sealed");
    }

    /** Returns how much of each pack the image uses. */
    synchronized List<PackUse> uses() {
        return PackUse.of(layers);
    }

    /**
     * Returns the leaves as listed in a manifest.
     *
     * @param packs all packs that are used, in the order of the manifest
     */
    synchronized List<LeafEntry> entries(List<PackEntry> packs) {
        Map<PackEntry, Integer> indices = new HashMap<>();
        packs.forEach(pack -> indices.put(pack, indices.size()));
        List<LeafEntry> entries = new ArrayList<>();
        for (int leaf = 0; leaf < layers.size(); leaf++) {
            entries.add(new LeafEntry(
                    digest(leaf),
                    layers.get(leaf).stream()
                            .map(layer -> layer.at(indices.getOrDefault(layer.pack(), -1)))
                            .toList()));
        }
        return entries;
    }
}
