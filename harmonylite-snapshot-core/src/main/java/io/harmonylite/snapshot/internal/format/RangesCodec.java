package io.harmonylite.snapshot.internal.format;

import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import io.harmonylite.snapshot.SequenceRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Encodes and decodes ranges of sequences: a CBOR map of stream name to array of unsigned integers, the first and the
 * last sequence of each range, in order.
 */
public final class RangesCodec {

    private RangesCodec() {}

    /** Encodes one range of each stream as a separate CBOR item. */
    public static byte[] encode(SortedMap<String, SequenceRange> ranges) {
        return CborWriter.encode(out -> write(out, lists(ranges)));
    }

    /** Decodes one range of each stream from a separate CBOR item. */
    public static SortedMap<String, SequenceRange> decode(byte[] bytes) throws MalformedException {
        try (CborReader in = CborReader.of(bytes, 0, bytes.length)) {
            SortedMap<String, SequenceRange> ranges = single(read(in));
            in.end();
            return ranges;
        }
    }

    static SortedMap<String, List<SequenceRange>> lists(SortedMap<String, SequenceRange> ranges) {
        SortedMap<String, List<SequenceRange>> lists = new TreeMap<>();
        ranges.forEach((stream, range) -> lists.put(stream, List.of(range)));
        return lists;
    }

    static SortedMap<String, SequenceRange> single(SortedMap<String, List<SequenceRange>> lists)
            throws MalformedException {
        SortedMap<String, SequenceRange> ranges = new TreeMap<>();
        for (Map.Entry<String, List<SequenceRange>> entry : lists.entrySet()) {
            if (entry.getValue().size() != 1) {
                throw new MalformedException("stream " + entry.getKey() + " does not have exactly one range");
            }
            ranges.put(entry.getKey(), entry.getValue().get(0));
        }
        return ranges;
    }

    static void write(CBORGenerator out, SortedMap<String, List<SequenceRange>> ranges) throws IOException {
        CborWriter.beginMap(out, ranges.size());
        for (Map.Entry<String, List<SequenceRange>> entry : ranges.entrySet()) {
            out.writeFieldName(entry.getKey());
            out.writeStartArray(entry.getValue(), 2 * entry.getValue().size());
            for (SequenceRange range : entry.getValue()) {
                out.writeNumber(range.first());
                out.writeNumber(range.last());
            }
            out.writeEndArray();
        }
        out.writeEndObject();
    }

    static SortedMap<String, List<SequenceRange>> read(CborReader in) throws MalformedException {
        SortedMap<String, List<SequenceRange>> ranges = new TreeMap<>();
        in.beginMap();
        for (String stream = in.nextKey(); stream != null; stream = in.nextKey()) {
            ranges.put(stream, ranges(in));
        }
        return ranges;
    }

    private static List<SequenceRange> ranges(CborReader in) throws MalformedException {
        List<SequenceRange> ranges = new ArrayList<>();
        long end = 0;
        in.beginArray();
        while (in.nextUnsigned()) {
            long first = in.current();
            if (!in.nextUnsigned() || first <= end || in.current() < first) {
                throw new MalformedException("ranges of sequences are not in order");
            }
            end = in.current();
            ranges.add(new SequenceRange(first, end));
        }
        return ranges;
    }
}
