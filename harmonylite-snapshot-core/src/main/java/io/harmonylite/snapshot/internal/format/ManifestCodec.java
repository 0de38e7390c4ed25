package io.harmonylite.snapshot.internal.format;

import io.harmonylite.snapshot.exception.SnapshotKeyException;
import io.harmonylite.snapshot.exception.UnsupportedFormatException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Encodes and decodes a manifest, which consists of two parts with digests. Format 1:
 *
 * <pre>
 * 8 bytes   magic: 89 48 4C 53 0D 0A 1A 0A
 * n bytes   head, a CBOR map ({@link HeadCodec})
 * 32 bytes  SHA-256 of all bytes before
 * m bytes   body, a CBOR map ({@link BodyCodec})
 * 32 bytes  SHA-256 of all bytes before
 * </pre>
 *
 * Magic, head and first digest are at most {@value #MAX_HEAD_BYTES} bytes, so that one small range read lists a
 * snapshot. Every later format keeps the magic, followed by a CBOR map with the key {@code format} and its digest.
 */
public final class ManifestCodec {

    /** Number of bytes that is enough to decode any head. */
    public static final int MAX_HEAD_BYTES = 64 << 10;

    /** Maximum length of a manifest, in bytes; enough for an image of several terabytes. */
    public static final int MAX_BYTES = 64 << 20;

    private static final byte[] MAGIC = HexFormat.of().parseHex("89484c530d0a1a0a");

    private ManifestCodec() {}

    /**
     * Rejects a head that would not fit with every possible body.
     *
     * @throws IllegalArgumentException if it would be longer than {@value #MAX_HEAD_BYTES} bytes
     */
    public static void checkFits(ManifestHead head) {
        int length = HeadCodec.maxLength(head);
        if (MAGIC.length + length + Digest.LENGTH > MAX_HEAD_BYTES) {
            throw new IllegalArgumentException("the head of the manifest would have " + length
                    + " bytes, more than 64 KiB; use fewer streams or shorter stream names");
        }
    }

    /** Encodes a manifest whose head fits. */
    public static byte[] encode(Manifest manifest) {
        byte[] body = BodyCodec.encode(manifest);
        DataKey key = manifest.key();
        return encode(key == null ? manifest.head() : HeadCodec.seal(manifest.head(), body, key), body);
    }

    /** Encodes a manifest from a head as it is stored, and an encoded body. */
    static byte[] encode(ManifestHead stored, byte[] body) {
        byte[] head = HeadCodec.encode(stored, body, MAGIC.length + Digest.LENGTH);
        byte[] all = Arrays.copyOf(MAGIC, MAGIC.length + head.length + body.length + 2 * Digest.LENGTH);
        int end = seal(all, MAGIC.length, head);
        seal(all, end, body);
        return all;
    }

    /**
     * Decodes the head. That of a sealed manifest is not authenticated, and has no digests.
     *
     * @param bytes the whole manifest, or its first {@value #MAX_HEAD_BYTES} bytes
     * @throws UnsupportedFormatException if the format is newer
     */
    public static ManifestHead decodeHead(byte[] bytes) throws MalformedException {
        return head(bytes).head();
    }

    /**
     * Decodes the head, and authenticates it.
     *
     * @param bytes the whole manifest, or its first {@value #MAX_HEAD_BYTES} bytes
     * @param keys opens the seal
     * @throws SnapshotKeyException if the manifest was made without keys, or none of the keys opens it
     * @throws UnsupportedFormatException if the format is newer, or a required feature is unknown
     */
    public static ManifestHead decodeHead(byte[] bytes, KeyRing keys) throws MalformedException {
        HeadCodec.Decoded decoded = head(bytes);
        decoded.head().checkSupported();
        return HeadCodec.open(decoded, key(decoded.head(), keys));
    }

    /** Decodes a manifest that is not sealed, and checks that it is consistent. */
    public static Manifest decode(byte[] bytes) throws MalformedException {
        return decode(bytes, null);
    }

    /**
     * Decodes a manifest, and checks that it is consistent.
     *
     * @param keys the keys of the reader; null if it has none
     * @throws SnapshotKeyException if the manifest is sealed and there are no keys, if it is not sealed although there are,
     *     or if none of the keys opens it
     * @throws UnsupportedFormatException if the format is newer, or a required feature is unknown
     */
    public static Manifest decode(byte[] bytes, @Nullable KeyRing keys) throws MalformedException {
        HeadCodec.Decoded decoded = head(bytes);
        decoded.head().checkSupported();
        if (keys == null && decoded.head().seal().isEmpty()) {
            return body(bytes, decoded, decoded.head(), null);
        }
        DataKey key = key(decoded.head(), keys);
        return body(bytes, decoded, HeadCodec.open(decoded, key), key);
    }

    private static Manifest body(byte[] bytes, HeadCodec.Decoded decoded, ManifestHead open, @Nullable DataKey key)
            throws MalformedException {
        HeadCodec.Body place = checkedBody(bytes, decoded);
        return BodyCodec.decode(open, key, bytes, (int) place.offset(), (int) place.length());
    }

    private static DataKey key(ManifestHead head, @Nullable KeyRing keys) throws MalformedException {
        ManifestSeal seal = head.seal()
                .orElseThrow(() -> new SnapshotKeyException(
                        "snapshot " + head.id() + " was made without keys, so it may be forged and is rejected; choose"
                                + " another, or read it without keys if you trust the store",
                        null));
        if (keys == null) {
            throw new SnapshotKeyException(
                    "snapshot " + head.id() + " is sealed with key " + seal.key() + "; configure the keys", seal.key());
        }
        return DataKey.unwrap(head, seal, keys);
    }

    /**
     * Decodes what is readable without a key, and authenticates nothing.
     *
     * @throws UnsupportedFormatException if the format is newer, or a required feature is unknown
     */
    public static Outline decodeOutline(byte[] bytes) throws MalformedException {
        HeadCodec.Decoded decoded = head(bytes);
        ManifestHead head = decoded.head();
        if (head.seal().isEmpty()) {
            return decode(bytes);
        }
        head.checkSupported();
        HeadCodec.Body place = checkedBody(bytes, decoded);
        int offset = (int) place.offset();
        int length = (int) place.length();
        List<PackEntry> packs = BodyCodec.decodePacks(head, bytes, offset, length);
        return new Outline.Closed(head, packs, Arrays.copyOfRange(bytes, offset, offset + length));
    }

    /**
     * Decodes only the names of a manifest's packs. Accepts unknown required features, because a sweep must keep these
     * packs too.
     *
     * @throws UnsupportedFormatException if the format is newer
     */
    public static List<PackName> decodePacks(byte[] bytes) throws MalformedException {
        HeadCodec.Decoded decoded = head(bytes);
        HeadCodec.Body place = checkedBody(bytes, decoded);
        return BodyCodec.decodeNames(decoded.head().geometry(), bytes, (int) place.offset(), (int) place.length());
    }

    private static HeadCodec.Body checkedBody(byte[] bytes, HeadCodec.Decoded decoded) throws MalformedException {
        HeadCodec.Body place = decoded.body();
        if (place.offset() + place.length() + Digest.LENGTH != bytes.length) {
            throw new MalformedException(
                    "the manifest has " + bytes.length + " bytes, but its body does not end there");
        }
        CborEnvelope.check(bytes, bytes.length - Digest.LENGTH);
        if (!Digest.of(bytes, (int) place.offset(), (int) place.length()).equals(place.sha256())) {
            throw new MalformedException("the digest of the body differs from that in the head");
        }
        return place;
    }

    private static HeadCodec.Decoded head(byte[] bytes) throws MalformedException {
        if (bytes.length < MAGIC.length || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new MalformedException("the object does not start with the magic of a manifest");
        }
        int available = Math.min(bytes.length, MAX_HEAD_BYTES) - MAGIC.length;
        int length = CborReader.itemLength(bytes, MAGIC.length, available);
        if (length + Digest.LENGTH > available) {
            throw new MalformedException("the head is cut off, or longer than " + MAX_HEAD_BYTES + " bytes");
        }
        CborEnvelope.check(bytes, MAGIC.length + length);
        HeadCodec.Decoded decoded = HeadCodec.decode(bytes, MAGIC.length, length);
        if (decoded.body().offset() != MAGIC.length + length + Digest.LENGTH) {
            throw new MalformedException("the body does not follow the head");
        }
        return decoded;
    }

    private static int seal(byte[] all, int offset, byte[] part) {
        System.arraycopy(part, 0, all, offset, part.length);
        int end = offset + part.length;
        CborEnvelope.seal(all, end);
        return end + Digest.LENGTH;
    }
}
