package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.internal.concurrent.ParallelLoop;
import io.harmonylite.snapshot.internal.format.ImageGeometry;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.sqlite.ImagePages;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;

/**
 * Compares a fetched image, read back from its file, with the leaf digests of its manifest, on one thread; each step is
 * one leaf.
 */
final class LeafDigestWorker implements ParallelLoop.Worker {

    private final ImagePages image;
    private final Manifest manifest;
    private final byte[] buffer = new byte[ImageGeometry.FRAME_BYTES];

    LeafDigestWorker(FileChannel channel, Manifest manifest) {
        this.manifest = manifest;
        this.image = new ImagePages(channel, manifest.head().geometry());
    }

    @Override
    public void step(int leaf) throws IOException {
        if (!isRight(leaf)) {
            throw new CorruptSnapshotException(
                    "leaf " + leaf + " of the fetched image has another digest than in the manifest");
        }
    }

    private boolean isRight(int leaf) throws IOException {
        try {
            return image.digests(leaf, buffer)
                    .leaf()
                    .equals(manifest.leaves().get(leaf).digest());
        } catch (EOFException e) {
            return false; // A forged page table may lack the last pages.
        }
    }
}
