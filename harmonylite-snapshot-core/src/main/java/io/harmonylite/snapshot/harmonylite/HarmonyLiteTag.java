package io.harmonylite.snapshot.harmonylite;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/**
 * The tag that HarmonyLite gives its snapshots: FNV-1 of 64 bits over the file, in lower-case hex without leading zeros. It
 * tells damage from accident, and nothing else: it is no digest, and HarmonyLite never compares it. Not thread-safe.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9923">The FNV hash</a>
 */
public final class HarmonyLiteTag {

    /** Name of the message header and metadata under which the NATS bucket keeps it. */
    public static final String HEADER = "harmonylite-snapshot-tag";

    private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;
    private static final int BUFFER = 1 << 16;

    private long hash = OFFSET_BASIS;

    /** The tag of no bytes yet. */
    public HarmonyLiteTag() {}

    /** The tag of all that a stream has left; the stream stays open. */
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

    /** The tag of the bytes so far. */
    public String text() {
        return String.format(Locale.ROOT, "%x", hash);
    }
}
