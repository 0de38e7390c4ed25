package io.harmonylite.snapshot.internal.format;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints bytes as hex with their meaning, sixteen in a line. Reads the CBOR that the library writes. */
final class AnnotatedHex {

    private static final int WIDTH = 16;

    private final byte[] bytes;
    private final List<String> lines = new ArrayList<>();
    private int at;

    AnnotatedHex(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Adds the next bytes with their meaning. */
    AnnotatedHex bytes(int length, String meaning) {
        for (int done = 0; done < length; done += WIDTH) {
            line(Math.min(WIDTH, length - done), done == 0 ? meaning : "");
        }
        return this;
    }

    /** Adds the next bytes, which are all the same, in one line. */
    AnnotatedHex same(int length, String meaning) {
        for (int i = 0; i < length; i++) {
            if (bytes[at + i] != bytes[at]) {
                throw new AssertionError("byte " + i + " differs");
            }
        }
        String line = String.format(Locale.ROOT, "%04x  %02x, %d times", at, bytes[at], length);
        lines.add(String.format(Locale.ROOT, "%-" + (4 + 1 + 3 * WIDTH) + "s  %s", line, meaning));
        at += length;
        return this;
    }

    /** Adds the next CBOR item, part by part. */
    AnnotatedHex item(String meaning) {
        item(meaning, 0);
        return this;
    }

    /** Returns all lines; fails if bytes are left. */
    List<String> lines() {
        if (at != bytes.length) {
            throw new AssertionError((bytes.length - at) + " bytes are not annotated");
        }
        return lines;
    }

    private void item(String meaning, int depth) {
        String indent = "  ".repeat(depth);
        int major = bytes[at] >> 5 & 7;
        int headLength = headLength();
        long argument = argument(headLength);
        switch (major) {
            case 0 -> line(headLength, indent + meaning + Long.toUnsignedString(argument));
            case 1 -> line(headLength, indent + meaning + ~argument);
            case 2 -> {
                line(headLength, indent + meaning + argument + " bytes");
                bytes((int) argument, "");
            }
            case 3 -> text(indent + meaning, headLength, (int) argument);
            case 4 -> {
                line(headLength, indent + meaning + "array of " + argument);
                for (int i = 0; i < argument; i++) {
                    item("", depth + 1);
                }
            }
            default -> {
                line(headLength, indent + meaning + "map of " + argument);
                for (int i = 0; i < argument; i++) {
                    item("", depth + 1);
                    item("= ", depth + 1);
                }
            }
        }
    }

    private void text(String before, int headLength, int length) {
        String text = new String(bytes, at + headLength, length, StandardCharsets.UTF_8);
        bytes(headLength + length, before + '"' + text + '"');
    }

    private int headLength() {
        int low = bytes[at] & 31;
        return low < 24 ? 1 : 1 + (1 << (low - 24));
    }

    private long argument(int headLength) {
        if (headLength == 1) {
            return bytes[at] & 31;
        }
        return ByteBuffer.allocate(8)
                .put(new byte[9 - headLength])
                .put(bytes, at + 1, headLength - 1)
                .flip()
                .getLong();
    }

    private void line(int length, String meaning) {
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%04x ", at));
        for (int i = 0; i < WIDTH; i++) {
            line.append(i < length ? String.format(Locale.ROOT, " %02x", bytes[at + i]) : "   ");
        }
        lines.add((line + "  " + meaning).stripTrailing());
        at += length;
    }
}
