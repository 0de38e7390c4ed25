package io.harmonylite.snapshot.internal.format;

/** The page digests of one leaf, one after the other. Not thread-safe. */
public final class PageDigests {

    private final byte[] digests;
    private int pages;

    /** Room for a leaf. */
    public PageDigests(int leafPages) {
        digests = new byte[leafPages * Digest.LENGTH];
    }

    /** Adds whole pages; returns how many they are. */
    public int add(byte[] content, int length, int pageSize) {
        int count = length / pageSize;
        for (int page = 0; page < count; page++) {
            byte[] digest = Digest.of(content, page * pageSize, pageSize).bytes();
            System.arraycopy(digest, 0, digests, (pages + page) * Digest.LENGTH, Digest.LENGTH);
        }
        pages += count;
        return count;
    }

    /** Pages that were added. */
    public int pages() {
        return pages;
    }

    /** The digests; not copied. */
    byte[] bytes() {
        return digests;
    }

    /** The digest of the leaf. */
    public Digest leaf() {
        return ImageDigests.leaf(digests);
    }
}
