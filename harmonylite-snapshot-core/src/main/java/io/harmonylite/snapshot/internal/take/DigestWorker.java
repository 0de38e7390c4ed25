package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.internal.concurrent.ParallelLoop;
import io.harmonylite.snapshot.internal.format.Digest;
import io.harmonylite.snapshot.internal.format.ImageGeometry;
import io.harmonylite.snapshot.internal.format.PageDigests;
import java.io.IOException;

/** What one thread does while an image is digested and nothing else: every step is a leaf. */
final class DigestWorker implements ParallelLoop.Worker {

    private final ImageReader image;
    private final Digest[] leaves;
    private final byte[] frame = new byte[ImageGeometry.FRAME_BYTES];

    /**
     * A worker.
     *
     * @param leaves where the digest of each leaf goes; each is written by one worker, and read when all have ended
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
