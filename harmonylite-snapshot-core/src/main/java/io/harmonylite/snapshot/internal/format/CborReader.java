package io.harmonylite.snapshot.internal.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import io.harmonylite.snapshot.internal.base.IOSupplier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one CBOR item from an array. Map keys are texts and occur once, texts are UTF-8, values have the expected type
 * and stay within the given bounds, and nesting is at most 16 deep. A map of this library's formats has at most 4,096
 * keys, because all of them are kept while duplicates are looked for. Allocates nothing for a length that the array does
 * not hold. Jackson does the decoding. Not thread-safe.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8949">RFC 8949</a>
 */
final class CborReader implements AutoCloseable {

    private static final int MAX_TEXT = 1024;
    private static final int MAX_KEYS = 4096;
    private static final CBORFactory FACTORY = factory(MAX_TEXT);
    private static final CBORFactory LONG_TEXTS = factory(Integer.MAX_VALUE);

    private static final int NO_TAG = -1;
    private static final int UNSIGNED = 0;
    private static final int TEXT = 3;
    private static final int TAG = 6;
    private static final int SIMPLE = 7;

    private final CBORParser parser;
    private final IOSupplier<@Nullable JsonToken> tokens;
    private final byte[] bytes;
    private final int end;
    private final boolean strict;

    private CborReader(CBORParser parser, byte[] bytes, int end, boolean strict) {
        this.parser = parser;
        this.tokens = parser::nextToken; // Made once: a manifest may have millions of tokens.
        this.bytes = bytes;
        this.end = end;
        this.strict = strict;
    }

    /** Without a symbol table: the names come from outside, and many that collide would fail in it. */
    private static CBORFactory factory(int maxText) {
        return CBORFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(16)
                        .maxStringLength(maxText)
                        .maxNameLength(maxText)
                        .maxNumberLength(32)
                        .build())
                .build();
    }

    /** Returns a reader of this library's formats: any CBOR form of a value, texts of at most 1,024 characters. */
    static CborReader of(byte[] bytes, int offset, int length) throws MalformedException {
        CBORParser parser = decoding(() -> FACTORY.createParser(bytes, offset, length));
        return new CborReader(parser, bytes, offset + length, false);
    }

    /**
     * Returns a reader of HarmonyLite's messages: definite lengths, no tags and no unassigned simple values, texts of
     * any length.
     */
    static CborReader strict(byte[] bytes) throws MalformedException {
        return new CborReader(decoding(() -> LONG_TEXTS.createParser(bytes)), bytes, bytes.length, true);
    }

    /** Returns the length in bytes of the map that starts at {@code offset}, without looking into it. */
    static int itemLength(byte[] bytes, int offset, int length) throws MalformedException {
        try (CborReader reader = of(bytes, offset, length)) {
            reader.beginMap();
            reader.skipRest();
            return reader.position() - offset;
        }
    }

    /** Enters a map; follow with {@link #nextKey} until it returns null. */
    void beginMap() throws MalformedException {
        expect(JsonToken.START_OBJECT);
    }

    /** Returns the next key of the map, or null at its end. */
    @Nullable
    String nextKey() throws MalformedException {
        JsonToken token = next(NO_TAG);
        if (token == JsonToken.END_OBJECT) {
            return null;
        }
        require(JsonToken.FIELD_NAME, token);
        return checked(decoding(parser::currentName));
    }

    /** Reads the next key of the map, which must be this number. */
    void numericKey(int key) throws MalformedException {
        boolean same = next(NO_TAG) == JsonToken.FIELD_NAME
                && head() >> 5 == UNSIGNED
                && decoding(parser::currentName).equals(Integer.toString(key));
        if (!same) {
            throw new MalformedException("expected the key " + key);
        }
    }

    /** Leaves the map, which must have no further key. */
    void endMap() throws MalformedException {
        expect(JsonToken.END_OBJECT);
    }

    /** Enters an array; follow with {@link #nextMap} or {@link #nextUnsigned}. */
    void beginArray() throws MalformedException {
        expect(JsonToken.START_ARRAY);
    }

    /** Returns whether the array has a further map, and enters it. */
    boolean nextMap() throws MalformedException {
        return more(JsonToken.START_OBJECT);
    }

    /** Returns whether the array has a further number, which {@link #current} then returns. */
    boolean nextUnsigned() throws MalformedException {
        return more(JsonToken.VALUE_NUMBER_INT);
    }

    /** Returns the number that {@link #nextUnsigned} found: 0 to 2^63 - 1. */
    long current() throws MalformedException {
        return currentNumber(0);
    }

    /**
     * Reads the next value, or enters it, whatever its type is. {@link #currentText}, {@link #currentSigned},
     * {@link #currentFloat} and {@link #currentBytes} return it.
     *
     * @param mapTag the tag that a map may have
     */
    JsonToken nextValue(int mapTag) throws MalformedException {
        return next(mapTag);
    }

    /** Returns whether the value that {@link #nextValue} found has a tag. */
    boolean isTagged() {
        return head() >> 5 == TAG;
    }

    /** Returns the current text. */
    String currentText() throws MalformedException {
        return checked(decoding(parser::getText));
    }

    /** Returns the current number, which must fit into 64 bits with sign. */
    long currentSigned() throws MalformedException {
        return currentNumber(Long.MIN_VALUE);
    }

    /** Returns the current number of 16, 32 or 64 bits with a fraction. */
    double currentFloat() throws MalformedException {
        return decoding(parser::getDoubleValue);
    }

    /** Returns the current byte string. */
    byte[] currentBytes() throws MalformedException {
        byte[] value = decoding(parser::getBinaryValue);
        if (strict && contentStart() + value.length != position()) {
            throw indefinite();
        }
        return value;
    }

    /** Reads a text. */
    String text() throws MalformedException {
        expect(JsonToken.VALUE_STRING);
        return currentText();
    }

    /** Reads an array of at most {@code max} texts. */
    List<String> texts(int max) throws MalformedException {
        List<String> texts = new ArrayList<>();
        beginArray();
        while (more(JsonToken.VALUE_STRING)) {
            if (texts.size() == max) {
                throw new MalformedException("an array has more than " + max + " texts");
            }
            texts.add(currentText());
        }
        return List.copyOf(texts);
    }

    /** Reads a number from 0 to 2^63 - 1. */
    long unsigned() throws MalformedException {
        expect(JsonToken.VALUE_NUMBER_INT);
        return currentNumber(0);
    }

    /** Reads a number from 0 to {@code max}. */
    int unsigned(int max) throws MalformedException {
        long value = unsigned();
        if (value > max) {
            throw new MalformedException("expected at most " + max + ", found " + value);
        }
        return (int) value;
    }

    /** Reads a number from 0 to 2^64 - 1, and returns its 64 bits. */
    long unsigned64() throws MalformedException {
        expect(JsonToken.VALUE_NUMBER_INT);
        if (head() >> 5 != UNSIGNED) {
            throw new MalformedException("expected a number without sign");
        }
        return decoding(parser::getBigIntegerValue).longValue();
    }

    /** Reads a number that fits into 64 bits with sign. */
    long signed() throws MalformedException {
        expect(JsonToken.VALUE_NUMBER_INT);
        return currentSigned();
    }

    /** Reads a byte string. */
    byte[] bytes() throws MalformedException {
        expect(JsonToken.VALUE_EMBEDDED_OBJECT);
        return currentBytes();
    }

    /** Reads a digest. */
    Digest digest() throws MalformedException {
        byte[] value = bytes();
        if (value.length != Digest.LENGTH) {
            throw new MalformedException("a digest has 32 bytes, not " + value.length);
        }
        return Digest.copyOf(value, 0);
    }

    /** Skips the value of an unknown key, in any form. */
    void skip() throws MalformedException {
        if (nextToken().isStructStart()) {
            skipRest();
        }
    }

    private void skipRest() throws MalformedException {
        for (int open = 1; open > 0; ) {
            JsonToken token = nextToken();
            open += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        }
    }

    /** Throws if there are bytes after the item. */
    void end() throws MalformedException {
        if (position() != end) {
            throw new MalformedException("it has bytes after its end");
        }
    }

    @Override
    public void close() throws MalformedException {
        decoding(() -> {
            parser.close();
            return true;
        });
    }

    /**
     * Compares a text with its bytes: Jackson decodes invalid UTF-8 to a text that was never written, and accepts byte
     * strings as keys.
     */
    private String checked(String text) throws MalformedException {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        int to = position();
        boolean same = Arrays.equals(bytes, Math.min(contentStart(), to), to, encoded, 0, encoded.length);
        if (head() >> 5 != TEXT || !same) {
            throw new MalformedException("a text is not UTF-8, or in pieces");
        }
        return text;
    }

    /** Returns where the bytes of the current text or byte string start, if it is in one piece. */
    private int contentStart() {
        int argument = head() & 0x1F;
        return start() + (argument < 24 ? 1 : 1 + (1 << (argument - 24)));
    }

    /** Returns the first byte of the current item: major type, and low bits of the argument. */
    private int head() {
        return bytes[start()] & 0xFF;
    }

    /** Returns the index in the array at which the current item starts. */
    int start() {
        return (int) parser.currentTokenLocation().getByteOffset();
    }

    /** Returns the index in the array after the bytes that were read. */
    int position() {
        return (int) parser.currentLocation().getByteOffset();
    }

    private long currentNumber(long min) throws MalformedException {
        long value = decoding(parser::getLongValue);
        if (value < min) {
            throw new MalformedException("expected no negative number, found " + value);
        }
        return value;
    }

    private boolean more(JsonToken wanted) throws MalformedException {
        JsonToken token = next(NO_TAG);
        if (token == JsonToken.END_ARRAY) {
            return false;
        }
        require(wanted, token);
        return true;
    }

    private void expect(JsonToken wanted) throws MalformedException {
        require(wanted, next(NO_TAG));
    }

    private static void require(JsonToken wanted, JsonToken found) throws MalformedException {
        if (found != wanted) {
            throw new MalformedException("expected " + wanted + ", found " + found);
        }
    }

    private JsonToken next(int mapTag) throws MalformedException {
        JsonToken token = nextToken();
        if (strict && !token.isStructEnd()) {
            checkForm(token, mapTag);
        }
        return token;
    }

    private JsonToken nextToken() throws MalformedException {
        JsonToken token = decoding(tokens);
        if (token == null) {
            throw new MalformedException("it ends too early");
        }
        if (!strict
                && token == JsonToken.FIELD_NAME
                && parser.getParsingContext().getCurrentIndex() / 2 >= MAX_KEYS) {
            throw new MalformedException("a map has more than " + MAX_KEYS + " keys");
        }
        return token;
    }

    private void checkForm(JsonToken token, int mapTag) throws MalformedException {
        int major = head() >> 5;
        boolean known = token == JsonToken.START_OBJECT
                && parser.getCurrentTags().size() == 1
                && parser.getCurrentTag() == mapTag;
        if (major == TAG && !known) {
            throw new MalformedException("an unknown tag: " + parser.getCurrentTag());
        }
        if (major == SIMPLE && token == JsonToken.VALUE_NUMBER_INT) {
            throw new MalformedException("an unknown simple value");
        }
        if (token.isStructStart() && !parser.getParsingContext().hasExpectedLength()) {
            throw indefinite();
        }
    }

    private static MalformedException indefinite() {
        return new MalformedException("an item has an indefinite length");
    }

    private static <T> T decoding(IOSupplier<T> step) throws MalformedException {
        try {
            return step.get();
        } catch (JsonEOFException e) {
            throw new MalformedException("it ends too early", e);
        } catch (InputCoercionException e) {
            throw new MalformedException("a number does not fit into 64 bits with sign", e);
        } catch (JsonProcessingException e) {
            throw new MalformedException("not valid CBOR: " + e.getOriginalMessage(), e);
        } catch (IOException | IllegalArgumentException e) {
            throw new MalformedException("not valid CBOR: " + e.getMessage(), e);
        }
    }
}
