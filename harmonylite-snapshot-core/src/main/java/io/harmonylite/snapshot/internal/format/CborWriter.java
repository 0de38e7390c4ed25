package io.harmonylite.snapshot.internal.format;

import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;

/**
 * Writes one CBOR item: definite lengths, shortest integers, keys in the order given, so that equal values have equal
 * bytes. Not thread-safe.
 */
final class CborWriter {

    private static final CBORFactory FACTORY = new CBORFactory();

    private CborWriter() {}

    /** Encodes what {@code item} writes. */
    static byte[] encode(Item item) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (CBORGenerator generator = FACTORY.createGenerator(bytes)) {
            item.writeTo(generator);
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot fail", e);
        }
        return bytes.toByteArray();
    }

    static void beginMap(CBORGenerator out, int keys) throws IOException {
        out.writeStartObject(null, keys);
    }

    static void number(CBORGenerator out, String key, long value) throws IOException {
        out.writeFieldName(key);
        out.writeNumber(value);
    }

    static void text(CBORGenerator out, String key, String value) throws IOException {
        out.writeFieldName(key);
        out.writeString(value);
    }

    static void bytes(CBORGenerator out, String key, byte[] value) throws IOException {
        out.writeFieldName(key);
        out.writeBinary(value);
    }

    static void texts(CBORGenerator out, String key, Collection<String> values) throws IOException {
        out.writeFieldName(key);
        out.writeStartArray(values, values.size());
        for (String value : values) {
            out.writeString(value);
        }
        out.writeEndArray();
    }

    /** Writes one item. */
    interface Item {
        void writeTo(CBORGenerator out) throws IOException;
    }
}
