package io.harmonylite.snapshot.internal.format;

/**
 * Division of an image into leaves of 16 MiB, and of leaves into frames of 1 MiB; the last of each may be shorter.
 * Pages are numbered from 1, as in SQLite; leaves from 0. Immutable.
 *
 * @param pageSize bytes in a page: a power of two from 512 to 65,536
 * @param pageCount pages in the image: 1 to 2^32 - 2
 */
public record ImageGeometry(int pageSize, long pageCount) {

    /** Bytes of image in one leaf. */
    public static final int LEAF_BYTES = 16 << 20;

    /** Maximum bytes of image in one frame. */
    public static final int FRAME_BYTES = 1 << 20;

    /** Maximum number of pages of a database in SQLite. */
    public static final long MAX_PAGE_COUNT = 0xFFFF_FFFEL;

    /** Maximum number of pages of an image in a snapshot. */
    public static final long MAX_TAKEABLE_PAGES = Integer.MAX_VALUE;

    /**
     * Maximum size of an image in a snapshot, in bytes: 3 TiB. It keeps the manifest within the limit of its readers.
     */
    public static final long MAX_TAKEABLE_BYTES = 3L << 40;

    private static final long LOCK_BYTE = 1L << 30;

    /** Rejects a geometry that SQLite does not allow. */
    public ImageGeometry {
        if (!isPageSize(pageSize) || pageCount < 1 || pageCount > MAX_PAGE_COUNT) {
            throw new IllegalArgumentException(
                    "not an image geometry: " + pageCount + " pages of " + pageSize + " bytes");
        }
    }

    /** Checks decoded numbers, and returns their geometry. */
    static ImageGeometry of(long pageSize, long pageCount) throws MalformedException {
        if (pageSize > 65_536 || !isPageSize((int) pageSize) || pageCount < 1 || pageCount > MAX_PAGE_COUNT) {
            throw new MalformedException("not an image geometry: " + pageCount + " pages of " + pageSize + " bytes");
        }
        return new ImageGeometry((int) pageSize, pageCount);
    }

    private static boolean isPageSize(int size) {
        return size >= 512 && size <= 65_536 && Integer.bitCount(size) == 1;
    }

    /** Returns the size of the image in bytes. */
    public long imageBytes() {
        return pageSize * pageCount;
    }

    /** Returns whether a snapshot can hold the image. */
    public boolean isTakeable() {
        return pageCount <= MAX_TAKEABLE_PAGES && imageBytes() <= MAX_TAKEABLE_BYTES;
    }

    /** Returns the number of leaves. */
    public int leafCount() {
        return Math.toIntExact((pageCount + pagesPerLeaf() - 1) / pagesPerLeaf());
    }

    /** Returns the first page of a leaf. */
    public long firstPage(int leaf) {
        return 1 + (long) leaf * pagesPerLeaf();
    }

    /** Returns the number of pages of a leaf. */
    public int pagesIn(int leaf) {
        return (int) Math.min(pagesPerLeaf(), pageCount - firstPage(leaf) + 1);
    }

    /** Returns the number of pages of a full frame. */
    public int pagesPerFrame() {
        return FRAME_BYTES / pageSize;
    }

    /** Returns the offset of a page in the image, in bytes. */
    public long offsetOf(long page) {
        return (page - 1) * pageSize;
    }

    /** Returns the page of SQLite's lock byte. That page, if the image has it, never holds data, and counts as zeros. */
    public long lockBytePage() {
        return LOCK_BYTE / pageSize + 1;
    }

    /** Returns the number of pages of a full leaf. */
    public int pagesPerLeaf() {
        return LEAF_BYTES / pageSize;
    }
}
