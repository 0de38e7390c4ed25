package io.harmonylite.snapshot.sequence;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/** Maps of HarmonyLite, and its way to write a file, without code of this library. */
final class HarmonyLiteFiles {

    private HarmonyLiteFiles() {}

    /** Returns the bytes of a file that HarmonyLite wrote. */
    static byte[] fixture(String name) throws IOException {
        try (InputStream in = HarmonyLiteFiles.class.getResourceAsStream("harmonylite/" + name)) {
            if (in == null) {
                throw new IOException("no fixture " + name);
            }
            return in.readAllBytes();
        }
    }

    /** Rewrites a file as HarmonyLite does: from its beginning, without truncation. */
    static void rewriteInPlace(Path file, byte[] map) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(map), 0);
        }
    }

    /** Returns a map in CBOR, as HarmonyLite encodes it. */
    static byte[] encode(Map<String, Long> positions) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        head(out, 0xa0, positions.size());
        for (Map.Entry<String, Long> entry : positions.entrySet()) {
            byte[] name = entry.getKey().getBytes(StandardCharsets.UTF_8);
            head(out, 0x60, name.length);
            out.write(name);
            head(out, 0x00, entry.getValue());
        }
        return out.toByteArray();
    }

    private static void head(ByteArrayOutputStream out, int major, long value) {
        int bytes = value < 24 ? 0 : value < 1 << 8 ? 1 : value < 1 << 16 ? 2 : value < 1L << 32 ? 4 : 8;
        out.write(major + (bytes == 0 ? (int) value : 24 + Integer.numberOfTrailingZeros(bytes)));
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
            out.write((int) (value >> shift));
        }
    }
}
