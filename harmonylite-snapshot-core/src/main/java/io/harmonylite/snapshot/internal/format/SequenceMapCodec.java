package io.harmonylite.snapshot.internal.format;

import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.internal.format.SequenceMapData.History;
import io.harmonylite.snapshot.internal.format.SequenceMapFile.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The sequence map's file: two CBOR maps with padding between them, 1,024 bytes {@code f6}. The first is exactly the map
 * that HarmonyLite writes, and the only one that it reads:
 *
 * <pre>
 * stream name  unsigned integer: sequence of the position
 * </pre>
 *
 * <p>The second is this library's:
 *
 * <pre>
 * "format"   1
 * "restore"  text: random id of the last restore that the map recorded; missing if there was none
 * "binding"  text: random id that the map shares with its database; missing if there is none
 * "counter"  unsigned integer, with "binding": how often the two were seen together; 0 if the database has no id yet
 * "adopted"  1 if HarmonyLite wrote the map before; else missing
 * "streams"  map: stream name to a map
 *   "sequence"  unsigned integer, as in the first map
 *   "time"      nanoseconds since 1970 of the message there; missing if not known
 *   "created"   nanoseconds since 1970 of the stream's creation; missing if not known
 *   "ahead"     array, missing if empty, of maps: "first", "last" and, if known, "time" of the message at "last"
 * "first"    SHA-256 of the first map's bytes
 * "magic"    text: harmonylite-snapshot.sequence-map
 * "self"     SHA-256 of the second map's bytes before this digest; the file's last 32 bytes
 * </pre>
 *
 * <p>HarmonyLite rewrites the first map in place. If it grows, it overwrites the padding, and the second map stays. The
 * magic comes late, so that it remains if the first map grows beyond the padding.
 */
public final class SequenceMapCodec {

    private static final int FORMAT = 1;
    private static final String MAGIC = "harmonylite-snapshot.sequence-map";
    private static final byte[] MAGIC_BYTES = MAGIC.getBytes(StandardCharsets.US_ASCII);
    private static final byte PADDING = (byte) 0xf6;
    private static final int PADDING_LENGTH = 1024;
    private static final byte[] NO_DIGEST = new byte[Digest.LENGTH];

    private SequenceMapCodec() {}

    /** Encodes a map. */
    public static byte[] encode(SequenceMapData map) {
        byte[] first = encodeFirst(map.streams());
        byte[] second = CborWriter.encode(out -> writeSecond(out, map, Digest.of(first)));
        CborEnvelope.seal(second, second.length - Digest.LENGTH);
        int secondAt = first.length + PADDING_LENGTH;
        byte[] all = Arrays.copyOf(first, secondAt + second.length);
        Arrays.fill(all, first.length, secondAt, PADDING);
        System.arraycopy(second, 0, all, secondAt, second.length);
        return all;
    }

    private static byte[] encodeFirst(Map<String, StreamProgress> streams) {
        return CborWriter.encode(out -> {
            CborWriter.beginMap(out, streams.size());
            for (Map.Entry<String, StreamProgress> entry : streams.entrySet()) {
                CborWriter.number(out, entry.getKey(), entry.getValue().sequence());
            }
            out.writeEndObject();
        });
    }

    private static void writeSecond(CBORGenerator out, SequenceMapData map, Digest first) throws IOException {
        String restore = map.restoreId();
        Binding binding = map.binding();
        boolean adopted = map.history() == History.ADOPTED;
        CborWriter.beginMap(out, 5 + (restore == null ? 0 : 1) + (binding == null ? 0 : 2) + (adopted ? 1 : 0));
        CborWriter.number(out, "format", FORMAT);
        if (restore != null) {
            CborWriter.text(out, "restore", restore);
        }
        if (binding != null) {
            CborWriter.text(out, "binding", binding.id());
            CborWriter.number(out, "counter", binding.counter());
        }
        if (adopted) {
            CborWriter.number(out, "adopted", 1);
        }
        writeStreams(out, map.streams());
        CborWriter.bytes(out, "first", first.bytes());
        CborWriter.text(out, "magic", MAGIC);
        CborWriter.bytes(out, "self", NO_DIGEST);
        out.writeEndObject();
    }

    private static void writeStreams(CBORGenerator out, Map<String, StreamProgress> streams) throws IOException {
        out.writeFieldName("streams");
        CborWriter.beginMap(out, streams.size());
        for (Map.Entry<String, StreamProgress> entry : streams.entrySet()) {
            out.writeFieldName(entry.getKey());
            write(out, entry.getValue());
        }
        out.writeEndObject();
    }

    private static void write(CBORGenerator out, StreamProgress stream) throws IOException {
        boolean ahead = !stream.ahead().isEmpty();
        int optional = present(stream.timestamp()) + present(stream.created());
        CborWriter.beginMap(out, optional + 1 + (ahead ? 1 : 0));
        CborWriter.number(out, "sequence", stream.sequence());
        write(out, "time", stream.timestamp());
        write(out, "created", stream.created());
        if (ahead) {
            writeAhead(out, stream.ahead());
        }
        out.writeEndObject();
    }

    private static void writeAhead(CBORGenerator out, List<AheadRange> ahead) throws IOException {
        out.writeFieldName("ahead");
        out.writeStartArray(ahead, ahead.size());
        for (AheadRange range : ahead) {
            CborWriter.beginMap(out, 2 + present(range.timestamp()));
            CborWriter.number(out, "first", range.first());
            CborWriter.number(out, "last", range.last());
            write(out, "time", range.timestamp());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static int present(@Nullable Instant instant) {
        return instant == null ? 0 : 1;
    }

    private static void write(CBORGenerator out, String key, @Nullable Instant instant) throws IOException {
        if (instant != null) {
            CborWriter.number(out, key, PositionsCodec.nanos(instant));
        }
    }

    /**
     * Decodes a file that is not empty.
     *
     * @throws MalformedException if it does not begin with a map of stream names to sequences
     */
    public static SequenceMapFile decode(byte[] bytes) throws MalformedException {
        int length = CborReader.itemLength(bytes, 0, bytes.length);
        Map<String, StreamProgress> sequences = readFirst(bytes, length);
        int secondAt = length;
        while (secondAt < bytes.length && bytes[secondAt] == PADDING) {
            secondAt++;
        }
        byte[] rest = Arrays.copyOfRange(bytes, secondAt, bytes.length);
        if (!holdsMagic(rest)) {
            SequenceMapData plain = new SequenceMapData(sequences, null, null, History.ADOPTED);
            return new SequenceMapFile(Kind.PLAIN, plain, bytes.length - length);
        }
        return readSecond(sequences, rest, Digest.of(bytes, 0, length));
    }

    private static Map<String, StreamProgress> readFirst(byte[] bytes, int length) throws MalformedException {
        Map<String, StreamProgress> sequences = new LinkedHashMap<>();
        try (CborReader in = CborReader.of(bytes, 0, length)) {
            in.beginMap();
            for (String stream = in.nextKey(); stream != null; stream = in.nextKey()) {
                sequences.put(checked(stream), new StreamProgress(in.unsigned(), null, null, List.of()));
            }
        }
        if (!Arrays.equals(encodeFirst(sequences), Arrays.copyOf(bytes, length))) {
            throw new MalformedException("its map does not have the form that HarmonyLite writes");
        }
        return sequences;
    }

    private static String checked(String stream) throws MalformedException {
        try {
            Positions.of(stream, StreamPosition.at(0));
            return stream;
        } catch (IllegalArgumentException e) {
            throw new MalformedException("not valid: " + e.getMessage(), e);
        }
    }

    private static boolean holdsMagic(byte[] bytes) {
        for (int at = 0; at + MAGIC_BYTES.length <= bytes.length; at++) {
            if (Arrays.equals(bytes, at, at + MAGIC_BYTES.length, MAGIC_BYTES, 0, MAGIC_BYTES.length)) {
                return true;
            }
        }
        return false;
    }

    /** Uses the second item if it is intact, also after a first one that was rewritten. */
    private static SequenceMapFile readSecond(Map<String, StreamProgress> sequences, byte[] bytes, Digest first) {
        Second second;
        try {
            second = Second.read(bytes);
        } catch (MalformedException e) {
            SequenceMapData data = new SequenceMapData(sequences, null, null, History.ADOPTED);
            return new SequenceMapFile(Kind.REWRITTEN, data, bytes.length);
        }
        if (second.format != FORMAT) {
            return new SequenceMapFile(Kind.NEWER, new SequenceMapData(sequences, null, null, History.OWN), 0);
        }
        SequenceMapData whole = new SequenceMapData(second.streams, second.restore, second.binding(), second.history);
        if (Objects.equals(first, second.first) && sequences.equals(bare(whole))) {
            return new SequenceMapFile(Kind.OURS, whole, 0);
        }
        boolean isContinued = !Objects.equals(first, second.first) && isContinued(sequences, second);
        sequences.replaceAll((stream, found) -> identified(found, second.streams.get(stream)));
        SequenceMapData data = new SequenceMapData(sequences, second.restore, second.binding(), History.ADOPTED);
        return isContinued
                ? new SequenceMapFile(Kind.CONTINUED, data, 0)
                : new SequenceMapFile(Kind.REWRITTEN, data, bytes.length);
    }

    /** Returns whether the first map counts on from the second: HarmonyLite removes no stream and lowers no sequence. */
    private static boolean isContinued(Map<String, StreamProgress> sequences, Second second) {
        return second.streams.entrySet().stream().allMatch(known -> {
            StreamProgress found = sequences.get(known.getKey());
            return found != null && found.sequence() >= known.getValue().sequence();
        });
    }

    /** Keeps what is known of a stream, but the time of its message only if the sequence is the same. */
    private static StreamProgress identified(StreamProgress found, @Nullable StreamProgress known) {
        if (known == null) {
            return found;
        }
        Instant time = found.sequence() == known.sequence() ? known.timestamp() : null;
        return new StreamProgress(found.sequence(), time, known.created(), List.of());
    }

    private static Map<String, StreamProgress> bare(SequenceMapData map) {
        TreeMap<String, StreamProgress> bare = new TreeMap<>();
        map.positions()
                .byStream()
                .forEach((stream, position) ->
                        bare.put(stream, new StreamProgress(position.sequence(), null, null, List.of())));
        return bare;
    }

    /** The second item as it is read. */
    private static final class Second {

        private final TreeMap<String, StreamProgress> streams = new TreeMap<>();
        private long format = -1;
        private @Nullable String restore;
        private @Nullable String bound;
        private long counter;
        private History history = History.OWN;
        private @Nullable Digest first;

        static Second read(byte[] bytes) throws MalformedException {
            CborEnvelope.check(bytes, bytes.length - Digest.LENGTH);
            Second second = new Second();
            try (CborReader in = CborReader.of(bytes, 0, bytes.length)) {
                in.beginMap();
                for (String key = in.nextKey(); key != null; key = in.nextKey()) {
                    second.field(key, in);
                }
                in.end();
                second.checkFormat();
            } catch (IllegalArgumentException e) {
                throw new MalformedException("not valid: " + e.getMessage(), e);
            }
            return second;
        }

        private @Nullable Binding binding() {
            return bound == null ? null : new Binding(bound, counter);
        }

        private void checkFormat() throws MalformedException {
            if (format < 1) {
                throw new MalformedException("it has no \"format\"");
            }
        }

        /** Reads a field. Skips the other fields of a newer format, which may mean something else. */
        private void field(String key, CborReader in) throws MalformedException {
            switch (format == -1 || format == FORMAT ? key : "") {
                case "format" -> format = in.unsigned();
                case "restore" -> restore = in.text();
                case "binding" -> bound = in.text();
                case "counter" -> counter = in.unsigned();
                case "adopted" -> history = in.unsigned() == 1 ? History.ADOPTED : History.OWN;
                case "streams" -> streams(in);
                case "first" -> first = in.digest();
                default -> in.skip();
            }
        }

        private void streams(CborReader in) throws MalformedException {
            in.beginMap();
            for (String stream = in.nextKey(); stream != null; stream = in.nextKey()) {
                streams.put(checked(stream), stream(in));
            }
        }

        private static StreamProgress stream(CborReader in) throws MalformedException {
            long sequence = 0;
            Instant time = null;
            Instant created = null;
            List<AheadRange> ahead = List.of();
            in.beginMap();
            for (String key = in.nextKey(); key != null; key = in.nextKey()) {
                switch (key) {
                    case "sequence" -> sequence = in.unsigned();
                    case "time" -> time = PositionsCodec.instant(in.signed());
                    case "created" -> created = PositionsCodec.instant(in.signed());
                    case "ahead" -> ahead = ahead(in);
                    default -> in.skip();
                }
            }
            return new StreamProgress(sequence, time, created, ahead);
        }

        private static List<AheadRange> ahead(CborReader in) throws MalformedException {
            List<AheadRange> ahead = new ArrayList<>();
            in.beginArray();
            while (in.nextMap()) {
                ahead.add(range(in));
            }
            return ahead;
        }

        private static AheadRange range(CborReader in) throws MalformedException {
            long from = 0;
            long to = 0;
            Instant time = null;
            for (String key = in.nextKey(); key != null; key = in.nextKey()) {
                switch (key) {
                    case "first" -> from = in.unsigned();
                    case "last" -> to = in.unsigned();
                    case "time" -> time = PositionsCodec.instant(in.signed());
                    default -> in.skip();
                }
            }
            return new AheadRange(from, to, time);
        }
    }
}
