package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.internal.catalog.PackFetcher;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.concurrent.ParallelLoop;
import io.harmonylite.snapshot.internal.format.ImageGeometry;
import io.harmonylite.snapshot.internal.format.Layer;
import io.harmonylite.snapshot.internal.format.LayerEntry;
import io.harmonylite.snapshot.internal.format.MalformedException;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.format.PackEntry;
import io.harmonylite.snapshot.internal.format.PackReader;
import java.io.IOException;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Fetches packs on one thread and unpacks the layers that the image uses; each step is one pack. */
final class FetchWorker implements ParallelLoop.Worker {

    private final Manifest manifest;
    private final ImageGeometry geometry;
    private final List<List<Part>> parts;
    private final PageSink sink;
    private final PackOrder order;
    private final @Nullable Damage damage;
    private final PackFetcher fetcher;
    private final PackReader reader = new PackReader();

    /**
     * Creates a worker.
     *
     * @param parts for each pack, the layers that the image uses
     * @param fetched receives the length of each read in bytes
     * @param damage collects damaged packs, and has every page checked; null to fail at the first one
     */
    FetchWorker(
            SnapshotCatalog catalog,
            Manifest manifest,
            List<List<Part>> parts,
            PageSink sink,
            PackOrder order,
            LongConsumer fetched,
            @Nullable Damage damage) {
        this.manifest = manifest;
        this.geometry = manifest.head().geometry();
        this.parts = parts;
        this.sink = sink;
        this.order = order;
        this.damage = damage;
        this.fetcher = new PackFetcher(catalog, fetched);
    }

    @Override
    public void step(int number) throws IOException {
        boolean isWritten = false;
        try {
            isWritten = fetch(number);
        } finally {
            if (!isWritten) {
                order.stop();
            }
        }
    }

    private boolean fetch(int number) throws IOException {
        PackEntry pack = manifest.packs().get(number);
        try {
            byte[] bytes = fetcher.fetch(pack);
            if (!order.await(number)) {
                return false;
            }
            for (Part part : parts.get(number)) {
                unpack(bytes, pack, part);
            }
        } catch (MalformedException e) {
            found(pack, new CorruptSnapshotException("pack " + pack.name() + " is damaged: " + e.getMessage(), e));
        } catch (CorruptSnapshotException e) {
            found(pack, e);
        }
        order.written(number);
        return true;
    }

    private void found(PackEntry pack, CorruptSnapshotException e) {
        if (damage == null) {
            throw e;
        }
        damage.add(pack.name(), e);
    }

    private void unpack(byte[] bytes, PackEntry pack, Part part) throws IOException, MalformedException {
        int size = geometry.pageSize();
        LayerEntry entry = part.entry();
        Layer layer = reader.layer(bytes, 0, pack, entry, part.leaf(), size);
        reader.<IOException>pages(bytes, pack, entry, layer, size, (first, count, buffer, offset, index) -> {
            for (int i = 0; i < count && damage != null; i++) {
                layer.check(index + i, buffer, offset + i * size, size);
            }
            int pages = Math.min(count, geometry.pagesIn(part.leaf()) - first); // The image may have shrunk.
            if (pages > 0) {
                sink.accept(buffer, offset, pages * size, geometry.offsetOf(geometry.firstPage(part.leaf()) + first));
            }
        });
    }

    @Override
    public void close() {
        reader.close();
    }

    /**
     * A layer that the image uses.
     *
     * @param leaf number of the leaf
     * @param entry the layer
     */
    record Part(int leaf, LayerEntry entry) {}
}
