package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.format.ImageGeometry;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;

/**
 * The free pages of a private image. They hold deleted data, so a snapshot stores them blank: leaf pages of the
 * freelist become zeros, trunk pages keep their list, followed by zeros.
 *
 * @see <a href="https://www.sqlite.org/fileformat2.html#the_freelist">SQLite's freelist</a>
 */
public final class FreePages {

    private static final int FIRST_TRUNK_OFFSET = 32;
    private static final int TRUNK_HEADER = 8;
    private static final int ZEROS = 1 << 20; // Bytes written at a time.

    private final ImageGeometry geometry;
    private final BitSet leaves = new BitSet();
    private final Map<Integer, Integer> usedBytesOfTrunk = new TreeMap<>();

    private FreePages(ImageGeometry geometry) {
        this.geometry = geometry;
    }

    /** Overwrites with zeros what a snapshot must not contain, in an image in rollback mode. Nothing is synced. */
    public static void blank(FileOperations files, FileChannel image, ImageGeometry geometry) throws IOException {
        read(image, geometry).blank(files, image);
    }

    private static FreePages read(FileChannel image, ImageGeometry geometry) throws IOException {
        FreePages free = new FreePages(geometry);
        long trunk = u32(read(image, FIRST_TRUNK_OFFSET, 4), 0);
        while (trunk != 0) {
            trunk = free.addTrunk(image, trunk);
        }
        free.addLockBytePage();
        return free;
    }

    private void blank(FileOperations files, FileChannel image) throws IOException {
        for (int first = leaves.nextSetBit(0); first >= 0; ) {
            int end = leaves.nextClearBit(first);
            blank(files, image, geometry.offsetOf(first), geometry.offsetOf(end));
            first = leaves.nextSetBit(end);
        }
        for (Map.Entry<Integer, Integer> trunk : usedBytesOfTrunk.entrySet()) {
            long offset = geometry.offsetOf(trunk.getKey());
            blank(files, image, offset + trunk.getValue(), offset + geometry.pageSize());
        }
    }

    private static void blank(FileOperations files, FileChannel image, long from, long to) throws IOException {
        for (long at = from; at < to; at += ZEROS) {
            files.write(image, ByteBuffer.allocate((int) Math.min(ZEROS, to - at)), at);
        }
    }

    private void addLockBytePage() {
        long page = geometry.lockBytePage();
        if (page <= geometry.pageCount()) {
            leaves.set((int) page);
        }
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
