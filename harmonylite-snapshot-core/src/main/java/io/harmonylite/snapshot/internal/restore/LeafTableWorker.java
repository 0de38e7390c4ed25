package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.concurrent.ParallelLoop;
import io.harmonylite.snapshot.internal.format.Digest;
import io.harmonylite.snapshot.internal.format.ImageDigests;
import io.harmonylite.snapshot.internal.format.ImageGeometry;
import io.harmonylite.snapshot.internal.format.Layer;
import io.harmonylite.snapshot.internal.format.LayerEntry;
import io.harmonylite.snapshot.internal.format.LeafEntry;
import io.harmonylite.snapshot.internal.format.MalformedException;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.format.PackEntry;
import io.harmonylite.snapshot.internal.format.PackReader;
import java.util.BitSet;

/**
 * Checks, on one thread, that the page tables of a leaf's layers make up the leaf; each step is one leaf. Reads only
 * the page tables, by ranges.
 */
final class LeafTableWorker implements ParallelLoop.Worker {

    private final SnapshotCatalog catalog;
    private final Manifest manifest;
    private final PackReader reader = new PackReader();

    LeafTableWorker(SnapshotCatalog catalog, Manifest manifest) {
        this.catalog = catalog;
        this.manifest = manifest;
    }

    @Override
    public void step(int number) {
        try {
            check(number, manifest.leaves().get(number));
        } catch (MalformedException e) {
            throw new CorruptSnapshotException("leaf " + number + " is damaged: " + e.getMessage(), e);
        }
    }

    private void check(int number, LeafEntry leaf) throws MalformedException {
        ImageGeometry geometry = manifest.head().geometry();
        int pages = geometry.pagesIn(number);
        byte[] digests = new byte[pages * Digest.LENGTH];
        BitSet found = new BitSet();
        for (int i = leaf.layers().size() - 1; i >= 0; i--) {
            LayerEntry entry = leaf.layers().get(i);
            PackEntry pack = manifest.packs().get(entry.pack());
            int before = found.cardinality();
            Layer layer = catalog.readLayer(pack, entry, number, geometry.pageSize(), reader);
            int index = 0;
            for (int page = layer.pages().nextSetBit(0);
                    page >= 0 && page < pages;
                    page = layer.pages().nextSetBit(page + 1), index++) {
                if (!found.get(page)) {
                    found.set(page);
                    System.arraycopy(
                            layer.digests(), index * Digest.LENGTH, digests, page * Digest.LENGTH, Digest.LENGTH);
                }
            }
            if (found.cardinality() - before != entry.used()) {
                throw new MalformedException(
                        "it has another number of pages in pack " + pack.name() + " than in the manifest");
            }
        }
        if (!ImageDigests.leaf(digests).equals(leaf.digest())) {
            throw new MalformedException("its page digests do not make up its digest");
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
