package io.harmonylite.snapshot.internal.format;

import com.google.crypto.tink.subtle.AesGcmHkdfStreaming;
import io.harmonylite.snapshot.SnapshotId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Locale;

/**
 * The random key of one take, which seals the parts of its packs and its manifest by AES-256-GCM, in segments of 4 KiB
 * as Tink's AesGcmHkdfStreaming does. Before Java has compiled it, AES-GCM is seven times as fast in many small segments
 * as in a few large ones. The associated data binds a part to its place:
 *
 * <pre>
 * "harmonylite-snapshot sealed 1" 00 kind 00 name 00 snapshot id 00 place
 * </pre>
 *
 * <p>where <em>place</em> is the number of the pack, {@code 00}, and the offset in it, and missing for parts of a
 * manifest. Immutable and thread-safe. Never shows the key.
 */
public final class DataKey {

    /** Length of the key in bytes. */
    static final int LENGTH = 32;

    private static final int SEGMENT = 4096;
    private static final int TAG = 16;

    /** Length of what precedes the first segment: one byte, salt, nonce prefix. */
    private static final int HEADER = 40;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final String name;
    private final SnapshotId take;
    private final byte[] secret;
    private final AesGcmHkdfStreaming cipher;

    private DataKey(String name, SnapshotId take, byte[] secret) {
        this.name = name;
        this.take = take;
        this.secret = secret;
        try {
            this.cipher = new AesGcmHkdfStreaming(secret, "HmacSha256", LENGTH, SEGMENT, 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES-GCM", e);
        }
    }

    /** Creates a new random key for a take. */
    public static DataKey random(String name, SnapshotId take) {
        byte[] secret = new byte[LENGTH];
        RANDOM.nextBytes(secret);
        return new DataKey(name, take, secret);
    }

    /** Restores the key of a take that another manifest holds. */
    static DataKey of(String name, SnapshotId take, byte[] secret) throws MalformedException {
        if (secret.length != LENGTH) {
            throw new MalformedException("a data key has " + secret.length + " bytes");
        }
        return new DataKey(name, take, secret);
    }

    /** Unwraps the key of the take that wrote a head. */
    static DataKey unwrap(ManifestHead head, ManifestSeal seal, KeyRing keys) throws MalformedException {
        return of(
                head.name(),
                head.id(),
                keys.unwrap(seal.key(), seal.wrapped(), context(Kind.KEY, head.name(), head.id(), "")));
    }

    /** Returns a seal with this key wrapped, and without values. */
    public ManifestSeal wrap(KeyRing keys) {
        return new ManifestSeal(keys.first(), keys.wrap(secret, context(Kind.KEY, name, take, "")), new byte[0]);
    }

    /** Returns the take whose parts the key seals. */
    SnapshotId take() {
        return take;
    }

    /** Returns the key itself, to be sealed. */
    byte[] secret() {
        return secret;
    }

    /** Returns the length of a sealed part in bytes. */
    static int sealedLength(int content) {
        int segments = (HEADER + content + SEGMENT - TAG - 1) / (SEGMENT - TAG);
        return HEADER + content + segments * TAG;
    }

    /** Seals a part of a manifest, and authenticates further bytes. */
    byte[] seal(Kind kind, byte[] content, byte[] more) {
        return encrypt(content, 0, content.length, join(context(kind, name, take, ""), more));
    }

    /** Opens a part of a manifest, and checks the further bytes. */
    byte[] open(Kind kind, byte[] sealed, byte[] more) throws MalformedException {
        return decrypt(kind, sealed, 0, sealed.length, join(context(kind, name, take, ""), more));
    }

    /** Replaces a part of a pack by the sealed part, which has {@link #sealedLength} bytes. */
    void seal(Kind kind, PackName pack, byte[] bytes, int offset, int length) {
        byte[] sealed = encrypt(bytes, offset, length, place(kind, pack, offset));
        System.arraycopy(sealed, 0, bytes, offset, sealed.length);
    }

    /**
     * Opens a part of a pack.
     *
     * @param position offset of the part in the pack
     * @param from offset of the part in {@code bytes}
     */
    byte[] open(Kind kind, PackName pack, int position, byte[] bytes, int from, int length) throws MalformedException {
        return decrypt(kind, bytes, from, length, place(kind, pack, position));
    }

    private byte[] place(Kind kind, PackName pack, int offset) {
        return context(kind, name, pack.writer(), pack.number() + "\0" + offset);
    }

    private static byte[] context(Kind kind, String name, SnapshotId take, String place) {
        String text = String.join("\0", "harmonylite-snapshot sealed 1", kind.text(), name, take.toString(), place);
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private byte[] encrypt(byte[] bytes, int offset, int length, byte[] context) {
        ByteArrayOutputStream sealed = new ByteArrayOutputStream(sealedLength(length));
        try (OutputStream out = cipher.newEncryptingStream(sealed, context)) {
            out.write(bytes, offset, length);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("AES-GCM failed", e);
        }
        return sealed.toByteArray();
    }

    private byte[] decrypt(Kind kind, byte[] bytes, int offset, int length, byte[] context) throws MalformedException {
        int segments = (length + SEGMENT - 1) / SEGMENT;
        byte[] content = new byte[Math.max(0, length - HEADER - segments * TAG)];
        try (InputStream in = cipher.newDecryptingStream(new ByteArrayInputStream(bytes, offset, length), context)) {
            if (in.readNBytes(content, 0, content.length) < content.length || in.read() != -1) {
                throw new EOFException("the sealed part has another length");
            }
            return content;
        } catch (GeneralSecurityException | IOException e) {
            throw new MalformedException(
                    "the seal of its " + kind.text() + " is broken: it was changed, or belongs elsewhere", e);
        }
    }

    @Override
    public String toString() {
        return "data key of " + take;
    }

    /** The kinds of sealed parts. */
    enum Kind {
        KEY,
        HEAD,
        BODY,
        FRAME,
        BLOCK;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
