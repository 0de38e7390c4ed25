package io.harmonylite.snapshot.internal.format;

import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import io.harmonylite.snapshot.PendingRecord;
import io.harmonylite.snapshot.SequenceRange;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Encodes and decodes the data in an image beyond its positions, a CBOR map:
 *
 * <pre>
 * "changes"  unsigned integer: number of pending changes
 * "ahead"    messages applied ahead of earlier ones ({@link RangesCodec})
 * </pre>
 */
final class PendingRecordCodec {

    private PendingRecordCodec() {}

    static void write(CBORGenerator out, PendingRecord unpublished) throws IOException {
        CborWriter.beginMap(out, 2);
        CborWriter.number(out, "changes", unpublished.changes());
        out.writeFieldName("ahead");
        RangesCodec.write(out, unpublished.ahead());
        out.writeEndObject();
    }

    static PendingRecord read(CborReader in) throws MalformedException {
        long changes = 0;
        SortedMap<String, List<SequenceRange>> ahead = new TreeMap<>();
        in.beginMap();
        for (String key = in.nextKey(); key != null; key = in.nextKey()) {
            switch (key) {
                case "changes" -> changes = in.unsigned();
                case "ahead" -> ahead = RangesCodec.read(in);
                default -> in.skip();
            }
        }
        return new PendingRecord(changes, ahead);
    }
}
