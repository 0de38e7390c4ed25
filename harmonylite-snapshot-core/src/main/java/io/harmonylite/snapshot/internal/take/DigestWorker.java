package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.internal.concurrent.ParallelLoop;
import io.harmonylite.snapshot.internal.format.Digest;
import io.harmonylite.snapshot.internal.format.ImageGeometry;
import io.harmonylite.snapshot.internal.format.PageDigests;
import java.io.IOException;

/** Digests an image on one thread, and stores nothing; each step is one leaf. */
final class DigestWorker implements ParallelLoop.Worker {

    private final ImageReader image;
    private final Digest[] leaves;
    private final byte[] frame = new byte[ImageGeometry.FRAME_BYTES];

    /**
     * Creates a worker.
     *
     * @param leaves receives the digest of each leaf; each element is written by one worker, and read when all have
     *     ended
     */
    DigestWorker(ImageReader image, Digest[] leaves) {
        this.image = image;
        this.leaves = leaves;
    }

    @Override
    public void step(int leaf) throws IOException {
        ImageGeometry geometry = image.geometry();
        PageDigests digests = new PageDigests(geometry.pagesIn(leaf));
        while (digests.pages() < geometry.pagesIn(leaf)) {
            int count = Math.min(geometry.pagesPerFrame(), geometry.pagesIn(leaf) - digests.pages());
            int length = image.read(geometry.firstPage(leaf) + digests.pages(), count, frame);
            digests.add(frame, length, geometry.pageSize());
        }
        leaves[leaf] = digests.leaf();
    }
}
