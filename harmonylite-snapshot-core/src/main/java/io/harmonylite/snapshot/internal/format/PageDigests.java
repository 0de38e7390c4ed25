package io.harmonylite.snapshot.internal.format;

/** The page digests of one leaf, concatenated. Not thread-safe. */
public final class PageDigests {

    private final byte[] digests;
    private int pages;

    /** Creates room for the digests of a leaf. */
    public PageDigests(int leafPages) {
        digests = new byte[leafPages * Digest.LENGTH];
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
}
