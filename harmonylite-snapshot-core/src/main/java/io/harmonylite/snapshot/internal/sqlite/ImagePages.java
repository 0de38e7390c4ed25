package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.internal.format.ImageGeometry;
import io.harmonylite.snapshot.internal.format.PageDigests;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Reads the pages of an image from a private file, which stays open. Thread-safe. */
public record ImagePages(FileChannel channel, ImageGeometry geometry) {

    /** Reads whole pages into a buffer, from an offset on. Returns the number of bytes read. */
    public int read(long firstPage, int pages, byte[] buffer, int at) throws IOException {
        int length = pages * geometry.pageSize();
        ByteBuffer target = ByteBuffer.wrap(buffer, at, length).slice();
        long offset = geometry.offsetOf(firstPage);
        while (target.hasRemaining()) {
            if (channel.read(target, offset + target.position()) < 0) {
                throw new EOFException("the image ends unexpectedly at byte " + (offset + target.position()));
            }
        }
        return length;
    }

    /** Digests the pages of a leaf; {@code buffer} has {@link ImageGeometry#FRAME_BYTES} bytes. */
    public PageDigests digests(int leaf, byte[] buffer) throws IOException {
        int pages = geometry.pagesIn(leaf);
        PageDigests digests = new PageDigests(pages);
        while (digests.pages() < pages) {
            int count = Math.min(geometry.pagesPerFrame(), pages - digests.pages());
            int length = read(geometry.firstPage(leaf) + digests.pages(), count, buffer, 0);
            digests.add(buffer, length, geometry.pageSize());
        }
        return digests;
    }
}
