package io.harmonylite.snapshot.internal.format;

import java.util.ArrayList;
import java.util.List;

/**
 * Encodes and decodes a leaf, a CBOR map that is stored as one zstd frame:
 *
 * <pre>
 * "digests"  32 bytes for each page
 * "packs"    array of text: names of the packs that hold its pages
 * "runs"     array of unsigned integers, six for each run ({@link Run}): first page counted from 0 within the leaf,
 *            pages, index into "packs", offset of the frame in the pack, stored length of the frame, index in the frame
 * </pre>
 *
 * Unknown keys are skipped.
 */
public final class LeafCodec {

    /** Maximum length of a leaf before compression, in bytes: 32,768 pages of 512 bytes, each in its own run. */
    public static final int MAX_BYTES = 4 << 20;

    private static final int RUN_FIELDS = 6;

    private LeafCodec() {}

    /** Encodes a leaf without compressing it. */
    public static byte[] encode(Leaf leaf) {
        return CborWriter.encode(out -> {
            CborWriter.beginMap(out, 3);
            CborWriter.bytes(out, "digests", leaf.digests());
            CborWriter.texts(out, "packs", leaf.packs());
            out.writeFieldName("runs");
            out.writeStartArray(leaf, RUN_FIELDS * leaf.runs().size());
            for (Run run : leaf.runs()) {
                out.writeNumber(run.firstPage());
                out.writeNumber(run.pages());
                out.writeNumber(run.pack());
                out.writeNumber(run.frameOffset());
                out.writeNumber(run.frameLength());
                out.writeNumber(run.index());
            }
            out.writeEndArray();
            out.writeEndObject();
        });
    }

    /** Decodes a leaf, and checks it against the manifest. */
    public static Leaf decode(byte[] bytes, int length, Manifest manifest, int number) throws MalformedException {
        byte[] digests = null;
        List<String> packs = null;
        List<Run> runs = null;
        int pages = manifest.head().geometry().pagesIn(number);
        try (CborReader in = CborReader.of(bytes, 0, length)) {
            in.beginMap();
            for (String key = in.nextKey(); key != null; key = in.nextKey()) {
                switch (key) {
                    case "digests" -> digests = in.bytes();
                    case "packs" -> packs = packs(in);
                    case "runs" -> runs = runs(in, pages);
                    default -> in.skip();
                }
            }
            in.end();
        }
        if (digests == null || packs == null || runs == null) {
            throw new MalformedException("a leaf has no digests, no packs or no runs");
        }
        Leaf leaf = new Leaf(digests, packs, runs);
        LeafCheck.check(leaf, manifest, number);
        return leaf;
    }

    private static List<String> packs(CborReader in) throws MalformedException {
        List<String> packs = new ArrayList<>();
        in.beginArray();
        while (in.nextText()) {
            packs.add(in.currentText());
        }
        return List.copyOf(packs);
    }

    private static List<Run> runs(CborReader in, int pages) throws MalformedException {
        List<Run> runs = new ArrayList<>();
        in.beginArray();
        while (in.nextUnsigned()) {
            if (runs.size() == pages) {
                throw new MalformedException("a leaf has more runs than pages");
            }
            int first = small(in);
            runs.add(new Run(first, next(in), next(in), next(in), next(in), next(in)));
        }
        return List.copyOf(runs);
    }

    private static int next(CborReader in) throws MalformedException {
        if (!in.nextUnsigned()) {
            throw new MalformedException("a run is not complete");
        }
        return small(in);
    }

    private static int small(CborReader in) throws MalformedException {
        long value = in.current();
        if (value > LeafCheck.MAX_NUMBER) {
            throw new MalformedException("a number in a run is too large: " + value);
        }
        return (int) value;
    }
}
