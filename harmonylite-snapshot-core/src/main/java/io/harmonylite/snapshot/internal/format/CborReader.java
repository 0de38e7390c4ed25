package io.harmonylite.snapshot.internal.format;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads one CBOR item strictly: maps have text keys, each at most once; everything has the expected type and stays
 * within the given bounds. Jackson does the decoding. Not thread-safe.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8949">RFC 8949</a>
 */
final class CborReader implements AutoCloseable {

    private static final int MAX_TEXT = 1024;
    private static final CBORFactory FACTORY = CBORFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(16)
                    .maxStringLength(MAX_TEXT)
                    .maxNameLength(MAX_TEXT)
                    .maxNumberLength(32)
                    .build())
            .build();

    private final JsonParser parser;
    private final byte[] bytes;
    private final int offset;
    private final int length;

    private CborReader(JsonParser parser, byte[] bytes, int offset, int length) {
        this.parser = parser;
        this.bytes = bytes;
        this.offset = offset;
        this.length = length;
    }

    static CborReader of(byte[] bytes, int offset, int length) throws MalformedException {
        JsonParser parser = decoding(() -> FACTORY.createParser(new ByteArrayInputStream(bytes, offset, length)));
        return new CborReader(parser, bytes, offset, length);
    }

    /** Length in bytes of the item that starts at {@code offset}, without looking into it. */
    static int itemLength(byte[] bytes, int offset, int length) throws MalformedException {
        try (CborReader reader = of(bytes, offset, length)) {
            reader.expect(JsonToken.START_OBJECT);
            decoding(reader.parser::skipChildren);
            return (int) reader.parser.currentLocation().getByteOffset();
        }
    }

    /** Enters a map; follow with {@link #nextKey} until it is null. */
    void beginMap() throws MalformedException {
        expect(JsonToken.START_OBJECT);
    }

    /** The next key of the map, or null at its end. */
    @Nullable
    String nextKey() throws MalformedException {
        JsonToken token = next();
        if (token == JsonToken.END_OBJECT) {
            return null;
        }
        if (token != JsonToken.FIELD_NAME) {
            throw new MalformedException("expected a key, found " + token);
        }
        return checked(decoding(parser::currentName));
    }

    /** Enters an array; follow with one of {@link #nextMap}, {@link #nextUnsigned}, {@link #nextText}. */
    void beginArray() throws MalformedException {
        expect(JsonToken.START_ARRAY);
    }

    /** Looks ahead: whether the array has a further map in it, which is entered. */
    boolean nextMap() throws MalformedException {
        return more(JsonToken.START_OBJECT);
    }

    /** Whether the array has a further unsigned number in it, which {@link #current} then returns. */
    boolean nextUnsigned() throws MalformedException {
        return more(JsonToken.VALUE_NUMBER_INT);
    }

    /** The number that {@link #nextUnsigned} found. */
    long current() throws MalformedException {
        return number(0);
    }

    /** Whether the array has a further text in it, which {@link #currentText} then returns. */
    boolean nextText() throws MalformedException {
        return more(JsonToken.VALUE_STRING);
    }

    /** The text that {@link #nextText} found. */
    String currentText() throws MalformedException {
        return checked(decoding(parser::getText));
    }

    String text() throws MalformedException {
        expect(JsonToken.VALUE_STRING);
        return currentText();
    }

    /** A number from 0 to 2^63 - 1. */
    long unsigned() throws MalformedException {
        expect(JsonToken.VALUE_NUMBER_INT);
        return number(0);
    }

    /** A number from 0 to {@code max}. */
    int unsigned(int max) throws MalformedException {
        long value = unsigned();
        if (value > max) {
            throw new MalformedException("expected at most " + max + ", found " + value);
        }
        return (int) value;
    }

    /** A number that fits into 64 bits with sign. */
    long signed() throws MalformedException {
        expect(JsonToken.VALUE_NUMBER_INT);
        return number(Long.MIN_VALUE);
    }

    byte[] bytes() throws MalformedException {
        expect(JsonToken.VALUE_EMBEDDED_OBJECT);
        return decoding(parser::getBinaryValue);
    }

    Digest digest() throws MalformedException {
        byte[] value = bytes();
        if (value.length != Digest.LENGTH) {
            throw new MalformedException("a digest has 32 bytes, not " + value.length);
        }
        return Digest.copyOf(value, 0);
    }

    /** Passes over the value of a key that is not known. */
    void skip() throws MalformedException {
        next();
        decoding(parser::skipChildren);
    }

    /** Refuses bytes behind the item. */
    void end() throws MalformedException {
        if (parser.currentLocation().getByteOffset() != length) {
            throw new MalformedException("there are bytes behind the end");
        }
    }

    @Override
    public void close() throws MalformedException {
        decoding(() -> {
            parser.close();
            return true;
        });
    }

    /** Of what is no UTF-8 Jackson makes a text that was never written: the text must lie there as it is encoded. */
    private String checked(String text) throws MalformedException {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        int from = offset + (int) parser.currentTokenLocation().getByteOffset();
        int to = offset + (int) parser.currentLocation().getByteOffset();
        int start = from + headLength(bytes[from]);
        if (!Arrays.equals(bytes, Math.min(start, to), to, encoded, 0, encoded.length)) {
            throw new MalformedException("a text is not UTF-8, or in pieces");
        }
        return text;
    }

    /** Length of what is before a text, by its first byte. */
    private static int headLength(byte first) {
        int argument = first & 0x1F;
        return argument < 24 ? 1 : 1 + (1 << (argument - 24));
    }

    private long number(long min) throws MalformedException {
        long value = decoding(parser::getLongValue);
        if (value < min) {
            throw new MalformedException("expected no negative number, found " + value);
        }
        return value;
    }

    private boolean more(JsonToken wanted) throws MalformedException {
        JsonToken token = next();
        if (token != wanted && token != JsonToken.END_ARRAY) {
            throw new MalformedException("expected " + wanted + ", found " + token);
        }
        return token == wanted;
    }

    private void expect(JsonToken wanted) throws MalformedException {
        JsonToken token = next();
        if (token != wanted) {
            throw new MalformedException("expected " + wanted + ", found " + token);
        }
    }

    private JsonToken next() throws MalformedException {
        JsonToken token = decoding(parser::nextToken);
        if (token == null) {
            throw new MalformedException("it ends too early");
        }
        return token;
    }

    private static <T> T decoding(Decoding<T> step) throws MalformedException {
        try {
            return step.run();
        } catch (IOException | IllegalArgumentException e) {
            throw new MalformedException("not valid CBOR: " + e.getMessage(), e);
        }
    }

    private interface Decoding<T> {
        T run() throws IOException;
    }
}
