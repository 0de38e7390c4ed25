package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.internal.concurrent.ParallelLoop;
import io.harmonylite.snapshot.internal.format.ImageGeometry;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.format.PageDigests;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Compares a fetched image, read back from its file, with the leaf digests of its manifest, on one thread; each step is
 * one leaf.
 */
final class LeafDigestWorker implements ParallelLoop.Worker {

    private final FileChannel image;
    private final Manifest manifest;
    private final ImageGeometry geometry;
    private final byte[] buffer = new byte[ImageGeometry.FRAME_BYTES];

    LeafDigestWorker(FileChannel image, Manifest manifest) {
        this.image = image;
        this.manifest = manifest;
        this.geometry = manifest.head().geometry();
    }

    @Override
    public void step(int leaf) throws IOException {
        int pages = geometry.pagesIn(leaf);
        PageDigests digests = new PageDigests(pages);
        while (digests.pages() < pages) {
            int length = Math.min(geometry.pagesPerFrame(), pages - digests.pages()) * geometry.pageSize();
            read(geometry.offsetOf(geometry.firstPage(leaf) + digests.pages()), length);
            digests.add(buffer, length, geometry.pageSize());
        }
        if (!digests.leaf().equals(manifest.leaves().get(leaf).digest())) {
            throw new CorruptSnapshotException(
                    "leaf " + leaf + " of the fetched image has another digest than in the manifest");
        }
    }

    private void read(long offset, int length) throws IOException {
        ByteBuffer target = ByteBuffer.wrap(buffer, 0, length);
        while (target.hasRemaining()) {
            if (image.read(target, offset + target.position()) < 0) {
                throw new EOFException("the fetched image ends at byte " + (offset + target.position()));
            }
        }
    }
}
