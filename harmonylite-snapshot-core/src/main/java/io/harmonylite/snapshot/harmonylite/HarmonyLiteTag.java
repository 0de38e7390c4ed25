package io.harmonylite.snapshot.harmonylite;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/**
 * Computes the tag of a HarmonyLite snapshot: 64-bit FNV-1 over the file, in lower-case hex without leading zeros. It
 * detects accidental damage only. It is not a cryptographic digest, and HarmonyLite never compares it. Not thread-safe.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9923">The FNV hash</a>
 */
public final class HarmonyLiteTag {

    /** Name of the message header and metadata entry in which the NATS bucket keeps the tag. */
    public static final String HEADER = "harmonylite-snapshot-tag";

    private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;
    private static final int BUFFER = 1 << 16;

    private long hash = OFFSET_BASIS;

    /** Creates a tag of zero bytes. */
    public HarmonyLiteTag() {}

    /** Returns the tag of the remaining bytes of a stream. Does not close the stream. */
    public static String of(InputStream content) throws IOException {
        HarmonyLiteTag tag = new HarmonyLiteTag();
        byte[] buffer = new byte[BUFFER];
        for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
            tag.update(buffer, 0, read);
        }
        return tag.text();
    }

    /** Adds bytes. */
    public void update(byte[] bytes, int offset, int length) {
        for (int at = offset; at < offset + length; at++) {
            hash = hash * PRIME ^ (bytes[at] & 0xff);
        }
    }

    /** Returns the tag of the bytes added so far. */
    public String text() {
        return String.format(Locale.ROOT, "%x", hash);
    }
}
