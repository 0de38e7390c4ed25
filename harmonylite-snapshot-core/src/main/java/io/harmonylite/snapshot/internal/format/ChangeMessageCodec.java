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
 * Reads HarmonyLite's change messages: a CBOR map {@code {FromNodeId, Payload: {Id, Type, TableName, Row, sh}}}, in the
 * streams named {@code …-c-n} as one zstd frame. Keys in any order; ones that are not known are passed over. A value is an
 * integer, a float, text, bytes, null, a boolean, or tag 32 over {@code {1: epoch seconds or null}}.
 *
 * <p>A message holds at most {@value #MAX_BYTES} bytes, packed or not: the most that a NATS server takes.
 */
public final class ChangeMessageCodec {

    /** Longest message, in bytes. */
    public static final int MAX_BYTES = 64 << 20;

    private static final int MAX_COLUMNS = 32_767; // SQLite's own
    private static final int MAX_WINDOW_LOG = 25; // 32 MiB: the largest that its compressor writes
    private static final int ZSTD_MAGIC = 0x28b52ffd;
    private static final int TIME_TAG = 32;

    private final StrictCbor in;
    private @Nullable Long node;
    private @Nullable Long id;
    private @Nullable String type;
    private @Nullable String table;
    private @Nullable SortedMap<String, @Nullable Object> row;
    private @Nullable String schemaHash;

    private ChangeMessageCodec(byte[] bytes) {
        in = new StrictCbor(bytes);
    }

    /** Reads a message of a stream whose messages are not compressed. */
    public static DecodedChange decodePlain(byte[] payload) throws MalformedException {
        if (payload.length > MAX_BYTES) {
            throw tooLong();
        }
        return new ChangeMessageCodec(payload).message();
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
        }
    }

    private static MalformedException tooLong() {
        return new MalformedException("it holds more than " + MAX_BYTES + " bytes");
    }

    private DecodedChange message() throws MalformedException {
        for (int pairs = in.map(); pairs > 0; pairs--) {
            switch (in.text()) {
                case "FromNodeId" -> node = once(node, "FromNodeId", in.unsigned());
                case "Payload" -> payload();
                default -> in.skip();
            }
        }
        in.end();
        return new DecodedChange(
                there(node, "FromNodeId"),
                there(id, "Id"),
                there(type, "Type"),
                there(table, "TableName"),
                there(row, "Row"),
                schemaHash);
    }

    private void payload() throws MalformedException {
        for (int pairs = in.map(); pairs > 0; pairs--) {
            switch (in.text()) {
                case "Id" -> id = once(id, "Id", in.integer());
                case "Type" -> type = once(type, "Type", in.text());
                case "TableName" -> table = once(table, "TableName", in.text());
                case "Row" -> row = once(row, "Row", row());
                case "sh" -> schemaHash = once(schemaHash, "sh", in.text());
                default -> in.skip();
            }
        }
    }

    private static <T> T once(@Nullable T before, String key, T now) throws MalformedException {
        if (before != null) {
            throw new MalformedException("it says " + key + " twice");
        }
        return now;
    }

    private static <T> T there(@Nullable T value, String key) throws MalformedException {
        if (value == null) {
            throw new MalformedException("it lacks " + key);
        }
        return value;
    }

    private SortedMap<String, @Nullable Object> row() throws MalformedException {
        int columns = in.map();
        if (columns > MAX_COLUMNS) {
            throw new MalformedException("it has " + columns + " columns; " + MAX_COLUMNS + " is the most");
        }
        TreeMap<String, @Nullable Object> values = new TreeMap<>();
        for (int pairs = columns; pairs > 0; pairs--) {
            String column = in.text();
            if (values.containsKey(column)) {
                throw new MalformedException("it has column " + column + " twice");
            }
            values.put(column, value(column));
        }
        return Collections.unmodifiableSortedMap(values);
    }

    private @Nullable Object value(String column) throws MalformedException {
        try {
            return switch (in.peek()) {
                case StrictCbor.UNSIGNED, StrictCbor.NEGATIVE -> in.integer();
                case StrictCbor.BYTES -> in.bytes();
                case StrictCbor.TEXT -> in.text();
                case StrictCbor.TAG -> moment();
                case StrictCbor.SIMPLE -> simple();
                default -> throw new MalformedException("a list or a map");
            };
        } catch (MalformedException e) {
            throw new MalformedException("column " + column + " holds " + e.getMessage(), e);
        }
    }

    private @Nullable Object simple() throws MalformedException {
        int found = in.simple();
        return switch (found) {
            case 20 -> false;
            case 21 -> true;
            case 22, 23 -> null;
            case 25 -> (Object) in.float16();
            case 26 -> (double) in.float32();
            case 27 -> in.float64();
            default -> throw new MalformedException("a simple value that is not known: " + found);
        };
    }

    private Moment moment() throws MalformedException {
        long tag = in.head(StrictCbor.TAG);
        if (tag != TIME_TAG || in.map() != 1 || in.integer() != 1) {
            throw new MalformedException("a tag that is not known: " + tag);
        }
        return new Moment(in.peek() == StrictCbor.SIMPLE ? noMoment() : Long.valueOf(in.integer()));
    }

    private @Nullable Long noMoment() throws MalformedException {
        if (simple() != null) {
            throw new MalformedException("a time that is no number of seconds");
        }
        return null;
    }
}
