package io.harmonylite.snapshot.internal.format;

import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.StreamPosition;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Encodes and decodes stream positions, a CBOR map of stream name to a map:
 *
 * <pre>
 * "sequence"  unsigned integer
 * "time"      nanoseconds since 1970 of the message at the position; missing if not known
 * "created"   nanoseconds since 1970 of the stream's creation; missing if not known
 * </pre>
 */
public final class PositionsCodec {

    private static final long NANOS = 1_000_000_000L;

    private PositionsCodec() {}

    /** Encodes positions as a separate CBOR item. */
    public static byte[] encode(Positions positions) {
        return CborWriter.encode(out -> write(out, positions));
    }

    /** Decodes positions from a separate CBOR item. */
    public static Positions decode(byte[] bytes) throws MalformedException {
        try (CborReader in = CborReader.of(bytes, 0, bytes.length)) {
            Positions positions = read(in);
            in.end();
            return positions;
        }
    }

    static void write(CBORGenerator out, Positions positions) throws IOException {
        CborWriter.beginMap(out, positions.byStream().size());
        for (Map.Entry<String, StreamPosition> entry : positions.byStream().entrySet()) {
            out.writeFieldName(entry.getKey());
            write(out, entry.getValue());
        }
        out.writeEndObject();
    }

    private static void write(CBORGenerator out, StreamPosition position) throws IOException {
        Instant time = position.timestamp();
        Instant created = position.streamCreated();
        CborWriter.beginMap(out, 1 + (time == null ? 0 : 1) + (created == null ? 0 : 1));
        CborWriter.number(out, "sequence", position.sequence());
        if (time != null) {
            CborWriter.number(out, "time", nanos(time));
        }
        if (created != null) {
            CborWriter.number(out, "created", nanos(created));
        }
        out.writeEndObject();
    }

    static Positions read(CborReader in) throws MalformedException {
        Map<String, StreamPosition> positions = new TreeMap<>();
        in.beginMap();
        for (String stream = in.nextKey(); stream != null; stream = in.nextKey()) {
            positions.put(stream, position(in));
        }
        try {
            return Positions.copyOf(positions);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("a value is invalid: " + e.getMessage(), e);
        }
    }

    private static StreamPosition position(CborReader in) throws MalformedException {
        long sequence = -1;
        Instant time = null;
        Instant created = null;
        in.beginMap();
        for (String key = in.nextKey(); key != null; key = in.nextKey()) {
            switch (key) {
                case "sequence" -> sequence = in.unsigned();
                case "time" -> time = instant(in.signed());
                case "created" -> created = instant(in.signed());
                default -> in.skip();
            }
        }
        if (sequence < 0) {
            throw new MalformedException("a position has no sequence");
        }
        return new StreamPosition(sequence, time, created);
    }

    /**
     * Returns the nanoseconds since 1970. Before 1970 it counts back from the next second: near the smallest value,
     * only the next second fits into 64 bits.
     */
    public static long nanos(Instant instant) {
        int back = instant.getEpochSecond() < 0 ? 1 : 0;
        long seconds = Math.multiplyExact(instant.getEpochSecond() + back, NANOS);
        return Math.addExact(seconds, instant.getNano() - back * NANOS);
    }

    static @Nullable Instant instant(long nanos) throws MalformedException {
        try {
            return Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS));
        } catch (DateTimeException e) {
            throw new MalformedException("not an instant: " + nanos, e);
        }
    }
}
