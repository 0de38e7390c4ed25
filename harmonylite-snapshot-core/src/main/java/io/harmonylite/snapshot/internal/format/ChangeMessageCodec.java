package io.harmonylite.snapshot.internal.format;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.harmonylite.snapshot.internal.format.DecodedChange.Moment;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads HarmonyLite's change messages: a CBOR map {@code {FromNodeId, Payload: {Id, Type, TableName, Row, sh}}}, which
 * is one zstd frame in the streams named {@code …-c-n}. Keys come in any order; unknown keys are skipped. A value is an
 * integer, a float, a text, a byte string, null, a boolean, or tag 32 over {@code {1: epoch seconds or null}}.
 *
 * <p>A message has at most {@value #MAX_BYTES} bytes, compressed or not: the maximum of a NATS server.
 */
public final class ChangeMessageCodec {

    /** Maximum length of a message, in bytes. */
    public static final int MAX_BYTES = 64 << 20;

    private static final int MAX_COLUMNS = 32_767; // SQLite's own
    private static final int MAX_WINDOW_LOG = 25; // 32 MiB: the largest that its compressor writes
    private static final int ZSTD_MAGIC = 0x28b52ffd;
    private static final int TIME_TAG = 32;

    private @Nullable Long node;
    private @Nullable Long id;
    private @Nullable String type;
    private @Nullable String table;
    private @Nullable SortedMap<String, @Nullable Object> row;
    private @Nullable String schemaHash;

    private ChangeMessageCodec() {}

    /** Reads a message of a stream whose messages are not compressed. */
    public static DecodedChange decodePlain(byte[] payload) throws MalformedException {
        if (payload.length > MAX_BYTES) {
            throw tooLong();
        }
        try (CborReader in = CborReader.strict(payload)) {
            return new ChangeMessageCodec().message(in);
        }
    }

    /** Reads a message of a stream whose messages are compressed. */
    public static DecodedChange decodeCompressed(byte[] payload) throws MalformedException {
        if (payload.length < 4 || !isFrame(payload)) {
            throw new MalformedException("a plain payload, in a stream whose payloads are compressed with zstd");
        }
        return decodePlain(decompress(payload));
    }

    private static boolean isFrame(byte[] payload) {
        return ByteBuffer.wrap(payload).getInt() == ZSTD_MAGIC;
    }

    private static byte[] decompress(byte[] payload) throws MalformedException {
        try (ZstdInputStreamNoFinalizer zstd =
                new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(payload)).setLongMax(MAX_WINDOW_LOG)) {
            byte[] bytes = zstd.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw tooLong();
            }
            return bytes;
        } catch (IOException e) {
            throw new MalformedException("not one whole zstd frame: " + e.getMessage(), e);
        } catch (LinkageError e) {
            throw NativeLibrary.zstdNotLoaded(e);
        }
    }

    private static MalformedException tooLong() {
        return new MalformedException("it has more than " + MAX_BYTES + " bytes");
    }

    private DecodedChange message(CborReader in) throws MalformedException {
        in.beginMap();
        for (String key = in.nextKey(); key != null; key = in.nextKey()) {
            switch (key) {
                case "FromNodeId" -> node = in.unsigned64();
                case "Payload" -> payload(in);
                default -> in.skip();
            }
        }
        in.end();
        return new DecodedChange(
                present(node, "FromNodeId"),
                present(id, "Id"),
                present(type, "Type"),
                present(table, "TableName"),
                present(row, "Row"),
                schemaHash);
    }

    private void payload(CborReader in) throws MalformedException {
        in.beginMap();
        for (String key = in.nextKey(); key != null; key = in.nextKey()) {
            switch (key) {
                case "Id" -> id = in.signed();
                case "Type" -> type = in.text();
                case "TableName" -> table = in.text();
                case "Row" -> row = row(in);
                case "sh" -> schemaHash = in.text();
                default -> in.skip();
            }
        }
    }

    private static <T> T present(@Nullable T value, String key) throws MalformedException {
        if (value == null) {
            throw new MalformedException("it has no " + key);
        }
        return value;
    }

    private static SortedMap<String, @Nullable Object> row(CborReader in) throws MalformedException {
        TreeMap<String, @Nullable Object> values = new TreeMap<>();
        in.beginMap();
        for (String column = in.nextKey(); column != null; column = in.nextKey()) {
            if (values.size() == MAX_COLUMNS) {
                throw new MalformedException("it has more than " + MAX_COLUMNS + " columns");
            }
            values.put(column, value(column, in));
        }
        return Collections.unmodifiableSortedMap(values);
    }

    private static @Nullable Object value(String column, CborReader in) throws MalformedException {
        try {
            return switch (in.nextValue(TIME_TAG)) {
                case VALUE_NUMBER_INT -> in.currentSigned();
                case VALUE_NUMBER_FLOAT -> in.currentFloat();
                case VALUE_STRING -> in.currentText();
                case VALUE_EMBEDDED_OBJECT -> in.currentBytes();
                case VALUE_TRUE -> true;
                case VALUE_FALSE -> false;
                case VALUE_NULL -> null;
                default -> moment(in);
            };
        } catch (MalformedException e) {
            throw new MalformedException("the value of column " + column + " is malformed: " + e.getMessage(), e);
        }
    }

    private static Moment moment(CborReader in) throws MalformedException {
        if (!in.isTagged()) {
            throw new MalformedException("a list or a map");
        }
        in.numericKey(1);
        Long seconds = switch (in.nextValue(TIME_TAG)) {
            case VALUE_NULL -> null;
            case VALUE_NUMBER_INT -> in.currentSigned();
            default -> throw new MalformedException("a time that is no number of seconds");
        };
        in.endMap();
        return new Moment(seconds);
    }
}
