package io.harmonylite.snapshot.internal.format;

import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import io.harmonylite.snapshot.PendingRecord;
import io.harmonylite.snapshot.SequenceRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Encodes and decodes the data in an image beyond its positions, a CBOR map:
 *
 * <pre>
 * "changes"  unsigned integer: number of pending changes
 * "ahead"    map of stream name to array of unsigned integers: first and last sequence of each range, in order
 * </pre>
 */
final class PendingRecordCodec {

    private PendingRecordCodec() {}

    static void write(CBORGenerator out, PendingRecord unpublished) throws IOException {
        CborWriter.beginMap(out, 2);
        CborWriter.number(out, "changes", unpublished.changes());
        out.writeFieldName("ahead");
        CborWriter.beginMap(out, unpublished.ahead().size());
        for (Map.Entry<String, List<SequenceRange>> entry : unpublished.ahead().entrySet()) {
            out.writeFieldName(entry.getKey());
            out.writeStartArray(entry.getValue(), 2 * entry.getValue().size());
            for (SequenceRange range : entry.getValue()) {
                out.writeNumber(range.first());
                out.writeNumber(range.last());
            }
            out.writeEndArray();
        }
        out.writeEndObject();
        out.writeEndObject();
    }

    static PendingRecord read(CborReader in) throws MalformedException {
        long changes = 0;
        SortedMap<String, List<SequenceRange>> ahead = new TreeMap<>();
        in.beginMap();
        for (String key = in.nextKey(); key != null; key = in.nextKey()) {
            switch (key) {
                case "changes" -> changes = in.unsigned();
                case "ahead" -> ahead = ahead(in);
                default -> in.skip();
            }
        }
        return new PendingRecord(changes, ahead);
    }

    private static SortedMap<String, List<SequenceRange>> ahead(CborReader in) throws MalformedException {
        SortedMap<String, List<SequenceRange>> ahead = new TreeMap<>();
        in.beginMap();
        for (String stream = in.nextKey(); stream != null; stream = in.nextKey()) {
            ahead.put(stream, ranges(in));
        }
        return ahead;
    }

    private static List<SequenceRange> ranges(CborReader in) throws MalformedException {
        List<SequenceRange> ranges = new ArrayList<>();
        long end = 0;
        in.beginArray();
        while (in.nextUnsigned()) {
            long first = in.current();
            if (!in.nextUnsigned() || first <= end || in.current() < first) {
                throw new MalformedException("ahead ranges are not in order");
            }
            end = in.current();
            ranges.add(new SequenceRange(first, end));
        }
        return ranges;
    }
}
