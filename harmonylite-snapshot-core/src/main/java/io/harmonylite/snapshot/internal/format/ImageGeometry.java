package io.harmonylite.snapshot.internal.format;

/**
 * How an image is cut: into leaves of 16 MiB, and these into frames of 1 MiB; the last of each may be shorter. Pages are
 * numbered from 1, as SQLite does; leaves from 0. Immutable.
 *
 * @param pageSize bytes in a page: a power of two from 512 to 65,536
 * @param pageCount pages in the image: 1 to 2^32 - 2
 */
public record ImageGeometry(int pageSize, long pageCount) {

    /** Bytes of image that one leaf describes. */
    public static final int LEAF_BYTES = 16 << 20;

    /** Bytes of image that one frame holds at most. */
    public static final int FRAME_BYTES = 1 << 20;

    /** SQLite's own limit. */
    public static final long MAX_PAGE_COUNT = 0xFFFF_FFFEL;

    /** Pages of the largest image that is taken. */
    public static final long MAX_TAKEABLE_PAGES = Integer.MAX_VALUE;

    /** Bytes of the largest image that is taken: 3 TiB, of which the manifest stays as small as its readers demand. */
    public static final long MAX_TAKEABLE_BYTES = 3L << 40;

    private static final long LOCK_BYTE = 1L << 30;

    /** Refuses what SQLite cannot have. */
    public ImageGeometry {
        if (!isPageSize(pageSize) || pageCount < 1 || pageCount > MAX_PAGE_COUNT) {
            throw new IllegalArgumentException("no database has " + pageCount + " pages of " + pageSize + " bytes");
        }
    }

    /** Checks numbers that were read. */
    static ImageGeometry of(long pageSize, long pageCount) throws MalformedException {
        if (pageSize > 65_536 || !isPageSize((int) pageSize) || pageCount < 1 || pageCount > MAX_PAGE_COUNT) {
            throw new MalformedException("no database has " + pageCount + " pages of " + pageSize + " bytes");
        }
        return new ImageGeometry((int) pageSize, pageCount);
    }

    private static boolean isPageSize(int size) {
        return size >= 512 && size <= 65_536 && Integer.bitCount(size) == 1;
    }

    /** Bytes in the image. */
    public long imageBytes() {
        return pageSize * pageCount;
    }

    /** Whether a snapshot can hold it. */
    public boolean isTakeable() {
        return pageCount <= MAX_TAKEABLE_PAGES && imageBytes() <= MAX_TAKEABLE_BYTES;
    }

    /** Number of leaves. */
    public int leafCount() {
        return Math.toIntExact((pageCount + pagesPerLeaf() - 1) / pagesPerLeaf());
    }

    /** First page of a leaf. */
    public long firstPage(int leaf) {
        return 1 + (long) leaf * pagesPerLeaf();
    }

    /** Pages of a leaf. */
    public int pagesIn(int leaf) {
        return (int) Math.min(pagesPerLeaf(), pageCount - firstPage(leaf) + 1);
    }

    /** Pages of a frame that is full. */
    public int pagesPerFrame() {
        return FRAME_BYTES / pageSize;
    }

    /** Offset of a page in the image. */
    public long offsetOf(long page) {
        return (page - 1) * pageSize;
    }

    /** Whether this is the page that holds SQLite's lock byte: it never holds data, and counts as zeros. */
    public boolean isLockBytePage(long page) {
        return page == LOCK_BYTE / pageSize + 1;
    }

    private int pagesPerLeaf() {
        return LEAF_BYTES / pageSize;
    }
}
