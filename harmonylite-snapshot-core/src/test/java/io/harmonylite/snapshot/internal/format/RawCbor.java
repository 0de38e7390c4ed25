package io.harmonylite.snapshot.internal.format;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Encodes any CBOR, including items that the library never writes. Maps may contain a key twice. */
final class RawCbor {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private RawCbor() {}

    /** Encodes a number, text, byte array, list, map, boolean or null, or copies {@link Raw} bytes. */
    static byte[] encode(Object value) {
        RawCbor cbor = new RawCbor();
        cbor.add(value);
        return cbor.out.toByteArray();
    }

    /** Returns the head of an item, major type and argument, in the longest form. */
    static byte[] head(int major, long argument) {
        return ByteBuffer.allocate(9)
                .put((byte) (major << 5 | 27))
                .putLong(argument)
                .array();
    }

    private void add(Object value) {
        if (value instanceof Raw raw) {
            out.writeBytes(raw.bytes());
        } else if (value instanceof Number number) {
            long of = number.longValue();
            addHead(of < 0 ? 1 : 0, of < 0 ? ~of : of);
        } else if (value instanceof String text) {
            addBytes(3, text.getBytes(StandardCharsets.UTF_8));
        } else if (value instanceof byte[] bytes) {
            addBytes(2, bytes);
        } else if (value instanceof List<?> list) {
            addHead(4, list.size());
            list.forEach(this::add);
        } else if (value instanceof Map<?, ?> map) {
            addHead(5, map.size());
            map.forEach((key, of) -> {
                add(key instanceof Twice twice ? twice.key() : key);
                add(of);
            });
        } else {
            out.write(value == null ? 0xf6 : value.equals(true) ? 0xf5 : 0xf4);
        }
    }

    private void addBytes(int major, byte[] bytes) {
        addHead(major, bytes.length);
        out.writeBytes(bytes);
    }

    private void addHead(int major, long argument) {
        byte[] longest = head(major, argument);
        if (argument < 24) {
            out.write(major << 5 | (int) argument);
        } else if (argument < 1 << 8) {
            out.write(major << 5 | 24);
            out.write(longest, 8, 1);
        } else if (argument < 1 << 16) {
            out.write(major << 5 | 25);
            out.write(longest, 7, 2);
        } else if (argument < 1L << 32) {
            out.write(major << 5 | 26);
            out.write(longest, 5, 4);
        } else {
            out.writeBytes(longest);
        }
    }

    /** A duplicate of a key. */
    record Twice(String key) {}

    /** An encoded item. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Raw(byte[] bytes) {}
}
