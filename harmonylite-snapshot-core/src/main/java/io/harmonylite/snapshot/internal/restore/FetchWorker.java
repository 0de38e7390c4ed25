package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.concurrent.ParallelLoop;
import io.harmonylite.snapshot.internal.format.ImageGeometry;
import io.harmonylite.snapshot.internal.format.Leaf;
import io.harmonylite.snapshot.internal.format.LeafEntry;
import io.harmonylite.snapshot.internal.format.MalformedException;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.format.PackEntry;
import io.harmonylite.snapshot.internal.format.PackReader;
import io.harmonylite.snapshot.internal.format.Run;
import java.io.IOException;
import java.util.List;

/** Fetches an image on one thread; each step is one pack with all its leaves. */
final class FetchWorker implements ParallelLoop.Worker {

    private final Manifest manifest;
    private final ImageGeometry geometry;
    private final List<List<Integer>> leavesByPack;
    private final PageSink sink;
    private final PackFetcher fetcher;
    private final PackReader reader = new PackReader();

    FetchWorker(SnapshotCatalog catalog, Manifest manifest, List<List<Integer>> leavesByPack, PageSink sink) {
        this.manifest = manifest;
        this.geometry = manifest.head().geometry();
        this.leavesByPack = leavesByPack;
        this.sink = sink;
        this.fetcher = new PackFetcher(catalog);
    }

    @Override
    public void step(int number) throws IOException {
        List<Integer> leaves = leavesByPack.get(number);
        PackEntry pack = manifest.packOf(manifest.leaves().get(leaves.get(0)));
        byte[] bytes = fetcher.fetch(pack);
        for (int leaf : leaves) {
            try {
                extract(pack, bytes, leaf);
            } catch (MalformedException e) {
                throw new CorruptSnapshotException("leaf " + leaf + " is damaged: " + e.getMessage(), e);
            }
        }
    }

    private void extract(PackEntry pack, byte[] bytes, int number) throws IOException, MalformedException {
        LeafEntry entry = manifest.leaves().get(number);
        List<PackEntry> sources = manifest.sourcesOf(entry);
        Leaf leaf = reader.leaf(bytes, manifest, number);
        for (Run run : leaf.runs()) {
            PackEntry source = sources.get(run.pack());
            if (source.equals(pack)) {
                deliver(number, run, reader.pages(bytes, (int) run.frameOffset(), leaf, run, geometry.pageSize()));
            } else {
                byte[] frame = fetcher.fetchRange(source, run.frameOffset(), run.frameLength());
                deliver(number, run, reader.pages(frame, 0, leaf, run, geometry.pageSize()));
            }
        }
    }

    private void deliver(int leaf, Run run, byte[] frame) throws IOException {
        int size = geometry.pageSize();
        long firstPage = geometry.firstPage(leaf) + run.firstPage();
        sink.accept(frame, run.index() * size, run.pages() * size, geometry.offsetOf(firstPage));
    }

    @Override
    public void close() {
        reader.close();
    }
}
