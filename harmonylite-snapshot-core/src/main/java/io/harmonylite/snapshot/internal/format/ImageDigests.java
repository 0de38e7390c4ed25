package io.harmonylite.snapshot.internal.format;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/**
 * Computes the tree of digests over an image. Storage locations are not included: equal images have equal digests,
 * wherever their pages are stored.
 *
 * <pre>
 * leaf digest  = SHA-256("harmonylite-snapshot leaf 1\0"  page digests of the leaf)
 * image digest = SHA-256("harmonylite-snapshot image 1\0" page size u32, page count u32, leaf digests)
 * </pre>
 *
 * Integers are big-endian.
 */
public final class ImageDigests {

    private static final byte[] LEAF_TAG = tag("harmonylite-snapshot leaf 1\0");
    private static final byte[] IMAGE_TAG = tag("harmonylite-snapshot image 1\0");

    private ImageDigests() {}

    /** Computes the digest of a leaf from its concatenated page digests. */
    public static Digest leaf(byte[] pageDigests) {
        MessageDigest sha256 = Digest.sha256();
        sha256.update(LEAF_TAG);
        sha256.update(pageDigests);
        return Digest.finish(sha256);
    }

    /** Computes the digest of an image. */
    public static Digest image(ImageGeometry geometry, List<Digest> leaves) {
        MessageDigest sha256 = Digest.sha256();
        sha256.update(IMAGE_TAG);
        sha256.update(ByteBuffer.allocate(8)
                .putInt(geometry.pageSize())
                .putInt((int) geometry.pageCount())
                .flip());
        leaves.forEach(leaf -> leaf.updateTo(sha256));
        return Digest.finish(sha256);
    }

    private static byte[] tag(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
