package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.internal.catalog.StoreFailures;
import io.harmonylite.snapshot.internal.concurrent.ParallelLoop;
import io.harmonylite.snapshot.internal.format.ImageGeometry;
import io.harmonylite.snapshot.internal.format.PackName;
import io.harmonylite.snapshot.internal.format.PackWriter;
import io.harmonylite.snapshot.internal.format.PackWriter.SealedPack;
import io.harmonylite.snapshot.internal.take.Compact.Compacted;
import io.harmonylite.snapshot.store.ObjectSource;
import java.io.IOException;

/**
 * Seals an image on one thread. Step 0 is SQLite's check; every other step seals and uploads one leaf with its pack.
 */
final class SealWorker implements ParallelLoop.Worker {

    private final Seal seal;
    private final Compacted compacted;
    private final SnapshotId id;
    private final ImageReader image;
    private final SealedLeaves leaves;
    private final UploadedPacks uploaded;
    private final PackWriter writer;
    private final byte[] frame = new byte[ImageGeometry.FRAME_BYTES];

    SealWorker(
            Seal seal,
            Compacted compacted,
            SnapshotId id,
            ImageReader image,
            SealedLeaves leaves,
            UploadedPacks uploaded) {
        this.seal = seal;
        this.compacted = compacted;
        this.id = id;
        this.image = image;
        this.leaves = leaves;
        this.uploaded = uploaded;
        this.writer = new PackWriter(seal.settings().compressionLevel());
    }

    @Override
    public void step(int number) throws IOException {
        if (number == 0) {
            seal.check(compacted);
        } else {
            sealLeaf(number - 1);
        }
    }

    private void sealLeaf(int leaf) throws IOException {
        ImageGeometry geometry = image.geometry();
        int pages = geometry.pagesIn(leaf);
        writer.begin(pages);
        for (int page = 0; page < pages; page += geometry.pagesPerFrame()) {
            int count = Math.min(geometry.pagesPerFrame(), pages - page);
            int length = image.read(geometry.firstPage(leaf) + page, count, frame);
            writer.addFrame(frame, length, geometry.pageSize());
        }
        SealedPack sealed = writer.finish(new PackName(id, leaf), leaf);
        upload(sealed);
        leaves.add(leaf, sealed);
        seal.progressed(uploaded.done((long) pages * geometry.pageSize()), geometry.imageBytes());
    }

    private void upload(SealedPack sealed) {
        String name = seal.catalog().layout().pack(sealed.pack().name());
        uploaded.begin(name);
        ObjectSource bytes = ObjectSource.of(writer.buffer(), 0, sealed.pack().size());
        try {
            StoreFailures.running(() -> seal.catalog().store().putIfAbsent(name, bytes));
        } catch (InsufficientSpaceException e) {
            long left = image.geometry().imageBytes() - uploaded.bytes();
            throw new InsufficientSpaceException(
                    "the store is full: a pack needs " + bytes.length() + " bytes, and the rest of the snapshot up to "
                            + left + " (" + e.getMessage() + "). Prune, or enlarge the store",
                    e);
        }
    }

    @Override
    public void close() {
        writer.close();
    }
}
