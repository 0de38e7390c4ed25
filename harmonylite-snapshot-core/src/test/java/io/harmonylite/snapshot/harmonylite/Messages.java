package io.harmonylite.snapshot.harmonylite;

import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Encodes change messages as HarmonyLite does, without this library's code. */
final class Messages {

    private Messages() {}

    /** Returns an uncompressed insert; column names and values alternate. */
    static byte[] insert(String table, @Nullable Object... row) {
        return change("insert", table, row);
    }

    /** Returns an uncompressed message; column names and values alternate. */
    static byte[] change(String type, String table, @Nullable Object... row) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (CBORGenerator cbor = new CBORFactory().createGenerator(bytes)) {
            begin(cbor, Map.of("FromNodeId", 9));
            cbor.writeFieldName("Payload");
            begin(cbor, Map.of("Id", 1, "Type", type, "TableName", table));
            cbor.writeFieldName("Row");
            cbor.writeStartObject(null, row.length / 2);
            for (int i = 0; i < row.length; i += 2) {
                cbor.writeFieldName(String.valueOf(row[i]));
                write(cbor, row[i + 1]);
            }
            cbor.writeEndObject();
            cbor.writeEndObject();
            cbor.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Begins a map with these pairs and one more. */
    private static void begin(CBORGenerator cbor, Map<String, Object> pairs) throws IOException {
        cbor.writeStartObject(null, pairs.size() + 1);
        for (Map.Entry<String, Object> pair : pairs.entrySet()) {
            cbor.writeFieldName(pair.getKey());
            write(cbor, pair.getValue());
        }
    }

    private static void write(CBORGenerator cbor, @Nullable Object value) throws IOException {
        if (value instanceof Number number) {
            cbor.writeNumber(number.longValue());
        } else if (value == null) {
            cbor.writeNull();
        } else {
            cbor.writeString(value.toString());
        }
    }
}
