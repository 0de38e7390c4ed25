package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.internal.format.ImageGeometry;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * The free pages of a private image. They hold deleted data, so a snapshot stores them blank: leaf pages of the
 * freelist become zeros, trunk pages keep their list, followed by zeros. Immutable after {@link #read}.
 *
 * @see <a href="https://www.sqlite.org/fileformat2.html#the_freelist">SQLite's freelist</a>
 */
public final class FreePages {

    private static final int FIRST_TRUNK_OFFSET = 32;
    private static final int TRUNK_HEADER = 8;

    private final ImageGeometry geometry;
    private final BitSet leaves = new BitSet();
    private final Map<Integer, Integer> usedBytesOfTrunk = new HashMap<>();

    private FreePages(ImageGeometry geometry) {
        this.geometry = geometry;
    }

    /** Reads the freelist of a private image in rollback mode. */
    public static FreePages read(FileChannel image, ImageGeometry geometry) throws IOException {
        FreePages free = new FreePages(geometry);
        long trunk = u32(read(image, FIRST_TRUNK_OFFSET, 4), 0);
        while (trunk != 0) {
            trunk = free.addTrunk(image, trunk);
        }
        return free;
    }

    /** Overwrites with zeros what a snapshot must not contain, in a page that was read into a buffer. */
    public void blank(long page, byte[] buffer, int offset) {
        boolean isEmpty = geometry.isLockBytePage(page) || leaves.get((int) page);
        int keep = isEmpty ? 0 : usedBytesOfTrunk.getOrDefault((int) page, geometry.pageSize());
        Arrays.fill(buffer, offset + keep, offset + geometry.pageSize(), (byte) 0);
    }

    /** Adds a trunk page with its leaves, and returns the number of the next trunk page, or 0. */
    private long addTrunk(FileChannel image, long page) throws IOException {
        ByteBuffer content = read(image, geometry.offsetOf(checked(page)), geometry.pageSize());
        long count = u32(content, 4);
        int used = (int) Math.min(TRUNK_HEADER + 4 * count, Integer.MAX_VALUE);
        if (used > geometry.pageSize() || usedBytesOfTrunk.put((int) page, used) != null) {
            throw new DatabaseDamagedException("the freelist of the copy is damaged at page " + page);
        }
        for (int i = 0; i < count; i++) {
            leaves.set((int) checked(u32(content, TRUNK_HEADER + 4 * i)));
        }
        return u32(content, 0);
    }

    private long checked(long page) {
        if (page < 2 || page > geometry.pageCount()) {
            throw new DatabaseDamagedException(
                    "the freelist of the copy refers to page " + page + ", which does not exist");
        }
        return page;
    }

    private static long u32(ByteBuffer buffer, int index) {
        return Integer.toUnsignedLong(buffer.getInt(index));
    }

    private static ByteBuffer read(FileChannel image, long offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (image.read(buffer, offset + buffer.position()) < 0) {
                throw new EOFException("the copy ends early, at byte " + (offset + buffer.position()));
            }
        }
        return buffer;
    }
}
