package io.harmonylite.snapshot.internal.format;

import java.util.Arrays;
import java.util.BitSet;

/** Page digests of a leaf, or of some of its pages, concatenated. Not thread-safe. */
public final class PageDigests {

    private final byte[] digests;
    private int pages;

    /** Creates room for the digests of some pages. */
    public PageDigests(int room) {
        digests = new byte[room * Digest.LENGTH];
    }

    /** Adds the digests of whole pages, and returns their number. */
    public int add(byte[] content, int length, int pageSize) {
        int count = length / pageSize;
        for (int page = 0; page < count; page++) {
            byte[] digest = Digest.of(content, page * pageSize, pageSize).bytes();
            System.arraycopy(digest, 0, digests, (pages + page) * Digest.LENGTH, Digest.LENGTH);
        }
        pages += count;
        return count;
    }

    /** Returns the number of pages that were added. */
    public int pages() {
        return pages;
    }

    /** Returns the digests without copying them. */
    byte[] bytes() {
        return digests;
    }

    /** Returns the digest of the leaf. */
    public Digest leaf() {
        return ImageDigests.leaf(digests);
    }

    /** Returns whether a page has the digest at a position of another list. */
    public boolean isAt(int page, byte[] list, int index) {
        int from = page * Digest.LENGTH;
        int other = index * Digest.LENGTH;
        return Arrays.equals(digests, from, from + Digest.LENGTH, list, other, other + Digest.LENGTH);
    }

    /** Returns whether these are the digests of some pages of a leaf, in order. */
    public boolean areOf(PageDigests leaf, BitSet some) {
        int index = 0;
        for (int page = some.nextSetBit(0); page >= 0; page = some.nextSetBit(page + 1)) {
            if (!leaf.isAt(page, digests, index)) {
                return false;
            }
            index++;
        }
        return index == pages;
    }
}
