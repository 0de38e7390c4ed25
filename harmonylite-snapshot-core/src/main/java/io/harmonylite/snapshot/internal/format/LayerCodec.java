package io.harmonylite.snapshot.internal.format;

import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Encodes and decodes the page table of a layer, a CBOR map that is stored as one zstd frame:
 *
 * <pre>
 * "leaf"    number of the leaf
 * "runs"    array of unsigned integers, two for each run of consecutive pages: pages left out before it, its pages
 * "frames"  array of unsigned integers, two for each frame: its pages, its stored length
 * </pre>
 *
 * Unknown keys are skipped. The table is the first part of the layer's block:
 *
 * <pre>
 * n bytes   page table
 * 32 bytes  digest of each stored page, in order
 * 32 bytes  SHA-256 of all bytes before, from the page table on
 * </pre>
 */
final class LayerCodec {

    /** Maximum length of a page table before compression, in bytes: 32,768 pages of 512 bytes, each in its own frame. */
    static final int MAX_BYTES = 1 << 20;

    private LayerCodec() {}

    static byte[] encode(Layer layer) {
        return CborWriter.encode(out -> {
            CborWriter.beginMap(out, 3);
            CborWriter.number(out, "leaf", layer.leaf());
            out.writeFieldName("runs");
            writeRuns(out, layer.pages());
            out.writeFieldName("frames");
            out.writeStartArray(layer, 2 * layer.frames().size());
            for (Layer.Frame frame : layer.frames()) {
                out.writeNumber(frame.pages());
                out.writeNumber(frame.length());
            }
            out.writeEndArray();
            out.writeEndObject();
        });
    }

    private static void writeRuns(CBORGenerator out, BitSet pages) throws IOException {
        List<Integer> runs = new ArrayList<>();
        int end = 0;
        for (int first = pages.nextSetBit(0); first >= 0; first = pages.nextSetBit(end)) {
            runs.add(first - end);
            end = pages.nextClearBit(first);
            runs.add(end - first);
        }
        out.writeStartArray(pages, runs.size());
        for (int run : runs) {
            out.writeNumber(run);
        }
        out.writeEndArray();
    }

    /**
     * Decodes a page table, and checks it.
     *
     * @param leaf number of the leaf that the manifest lists
     * @param maxPages pages in a full leaf
     * @param maxFramePages pages in a full frame
     */
    static Layer decode(byte[] table, int leaf, byte[] digests, int maxPages, int maxFramePages)
            throws MalformedException {
        Fields fields = new Fields();
        BitSet pages = null;
        List<Layer.Frame> frames = null;
        try (CborReader in = CborReader.of(table, 0, table.length)) {
            in.beginMap();
            for (String key = in.nextKey(); key != null; key = in.nextKey()) {
                switch (key) {
                    case "leaf" -> fields.put(key, in.unsigned());
                    case "runs" -> pages = runs(in, maxPages);
                    case "frames" -> frames = frames(in, maxPages, maxFramePages);
                    default -> in.skip();
                }
            }
            in.end();
        }
        if (pages == null || frames == null) {
            throw new MalformedException("a page table has no runs or no frames");
        }
        if (fields.number("leaf") != leaf) {
            throw new MalformedException(
                    "a page table belongs to leaf " + fields.number("leaf") + " instead of " + leaf);
        }
        int stored = digests.length / Digest.LENGTH;
        if (pages.cardinality() != stored
                || frames.stream().mapToInt(Layer.Frame::pages).sum() != stored) {
            throw new MalformedException("a page table does not have " + stored + " pages");
        }
        return new Layer(leaf, pages, frames, digests);
    }

    private static BitSet runs(CborReader in, int maxPages) throws MalformedException {
        BitSet pages = new BitSet();
        int end = 0;
        in.beginArray();
        while (in.nextUnsigned()) {
            int first = end + atMost(in, maxPages - end);
            int count = second(in, maxPages - first);
            if (count == 0 || (first == end && end > 0)) {
                throw new MalformedException("the runs of a page table are not separate");
            }
            end = first + count;
            pages.set(first, end);
        }
        return pages;
    }

    private static List<Layer.Frame> frames(CborReader in, int maxPages, int maxFramePages) throws MalformedException {
        List<Layer.Frame> frames = new ArrayList<>();
        in.beginArray();
        while (in.nextUnsigned()) {
            int pages = atMost(in, maxFramePages);
            if (pages == 0 || frames.size() == maxPages) {
                throw new MalformedException("a frame has no pages, or a page table more frames than pages");
            }
            frames.add(new Layer.Frame(pages, second(in, PackEntry.MAX_BYTES)));
        }
        return List.copyOf(frames);
    }

    private static int second(CborReader in, int max) throws MalformedException {
        if (!in.nextUnsigned()) {
            throw new MalformedException("a page table ends within a pair of numbers");
        }
        return atMost(in, max);
    }

    private static int atMost(CborReader in, int max) throws MalformedException {
        if (in.current() > max) {
            throw new MalformedException("a number in a page table is too large: " + in.current());
        }
        return (int) in.current();
    }
}
