package io.harmonylite.snapshot.internal.format;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads CBOR of definite lengths from an array, item by item. Nothing is allocated that the array does not hold, and text
 * must be UTF-8: Jackson's decoder passes over text that is none. Not thread-safe.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8949">RFC 8949</a>
 */
final class StrictCbor {

    static final int UNSIGNED = 0;
    static final int NEGATIVE = 1;
    static final int BYTES = 2;
    static final int TEXT = 3;
    static final int MAP = 5;
    static final int TAG = 6;
    static final int SIMPLE = 7;

    private static final int ARRAY = 4;
    private static final int MAX_DEPTH = 16;

    private final ByteBuffer in;

    StrictCbor(byte[] bytes) {
        in = ByteBuffer.wrap(bytes);
    }

    /** Major type of the next item. */
    int peek() throws MalformedException {
        require(1);
        return (in.get(in.position()) & 0xff) >> 5;
    }

    /** The argument of the next head, which must be of a major type: 64 bits without sign. */
    long head(int major) throws MalformedException {
        int found = peek();
        if (found != major) {
            throw new MalformedException("expected CBOR of major type " + major + ", found " + found);
        }
        return argument(in.get() & 0x1f);
    }

    /** Low bits of the next item's first byte, which is read: of a simple value or a float. */
    int simple() throws MalformedException {
        require(1);
        return in.get() & 0x1f;
    }

    private long argument(int low) throws MalformedException {
        if (low < 24) {
            return low;
        }
        return switch (low) {
            case 24 -> uint8();
            case 25 -> uint16();
            case 26 -> uint32();
            case 27 -> uint64();
            default -> throw new MalformedException("CBOR of indefinite length, or none");
        };
    }

    private long uint8() throws MalformedException {
        require(1);
        return in.get() & 0xff;
    }

    private long uint16() throws MalformedException {
        require(2);
        return in.getShort() & 0xffff;
    }

    private long uint64() throws MalformedException {
        require(8);
        return in.getLong();
    }

    private long uint32() throws MalformedException {
        require(4);
        return in.getInt() & 0xffffffffL;
    }

    /** A number of 64 bits without sign. */
    long unsigned() throws MalformedException {
        return head(UNSIGNED);
    }

    /** A number that fits into 64 bits with sign. */
    long integer() throws MalformedException {
        boolean negative = peek() == NEGATIVE;
        long argument = head(negative ? NEGATIVE : UNSIGNED);
        if (argument < 0) {
            throw new MalformedException("a number that does not fit into 64 bits with sign");
        }
        return negative ? -1 - argument : argument;
    }

    double float64() throws MalformedException {
        require(8);
        return in.getDouble();
    }

    float float32() throws MalformedException {
        require(4);
        return in.getFloat();
    }

    /** A float of 16 bits. */
    double float16() throws MalformedException {
        require(2);
        int bits = in.getShort();
        int exponent = bits >> 10 & 0x1f;
        int mantissa = bits & 0x3ff;
        double value = switch (exponent) {
            case 0 -> Math.scalb((double) mantissa, -24);
            case 31 -> mantissa == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
            default -> Math.scalb((double) (mantissa + 1024), exponent - 25);
        };
        return bits < 0 ? -value : value;
    }

    byte[] bytes() throws MalformedException {
        return take(head(BYTES));
    }

    String text() throws MalformedException {
        byte[] bytes = take(head(TEXT));
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedException("text that is not UTF-8", e);
        }
    }

    /** Enters a map, and says how many pairs it has. */
    int map() throws MalformedException {
        return pairs(head(MAP));
    }

    private int pairs(long count) throws MalformedException {
        require(count);
        require(2 * count); // of at least two bytes each
        return (int) count;
    }

    /** Passes over the next item. */
    void skip() throws MalformedException {
        skip(0);
    }

    private void skip(int depth) throws MalformedException {
        if (depth > MAX_DEPTH) {
            throw new MalformedException("CBOR nested too deeply");
        }
        int major = peek();
        if (major == SIMPLE) {
            argument(simple());
            return;
        }
        long argument = head(major);
        switch (major) {
            case BYTES, TEXT -> take(argument);
            case ARRAY -> skip(argument, depth);
            case MAP -> skip(2L * pairs(argument), depth);
            case TAG -> skip(1, depth);
            default -> {} // a number, which is read
        }
    }

    private void skip(long items, int depth) throws MalformedException {
        require(items);
        for (long item = 0; item < items; item++) {
            skip(depth + 1);
        }
    }

    /** Refuses bytes behind the last item. */
    void end() throws MalformedException {
        if (in.hasRemaining()) {
            throw new MalformedException(in.remaining() + " bytes behind the end");
        }
    }

    private byte[] take(long length) throws MalformedException {
        require(length);
        byte[] bytes = new byte[(int) length];
        in.get(bytes);
        return bytes;
    }

    private void require(long bytes) throws MalformedException {
        if (bytes < 0 || in.remaining() < bytes) {
            throw new MalformedException("it ends too early");
        }
    }
}
