package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.internal.format.ImageGeometry;
import io.harmonylite.snapshot.internal.sqlite.FreePages;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Reads pages of a private image as they are sealed, with free space blanked. Thread-safe.
 *
 * @param channel the image; not closed by this reader
 * @param geometry pages and leaves of the image
 * @param free pages and parts of pages that are blanked
 */
record ImageReader(FileChannel channel, ImageGeometry geometry, FreePages free) {

    /** Reads whole pages into a buffer, from an offset on. Returns the number of bytes read. */
    int read(long firstPage, int pages, byte[] buffer, int at) throws IOException {
        int length = pages * geometry.pageSize();
        ByteBuffer target = ByteBuffer.wrap(buffer, at, length).slice();
        long offset = geometry.offsetOf(firstPage);
        while (target.hasRemaining()) {
            if (channel.read(target, offset + target.position()) < 0) {
                throw new EOFException("the copy ends unexpectedly at byte " + (offset + target.position()));
            }
        }
        for (int page = 0; page < pages; page++) {
            free.blank(firstPage + page, buffer, at + page * geometry.pageSize());
        }
        return length;
    }
}
