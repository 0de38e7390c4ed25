package io.harmonylite.snapshot.internal.format;

import static io.harmonylite.snapshot.internal.format.CborWriter.bytes;
import static io.harmonylite.snapshot.internal.format.CborWriter.number;
import static io.harmonylite.snapshot.internal.format.CborWriter.text;

import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import io.harmonylite.snapshot.SnapshotId;
import java.io.IOException;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.Set;

/**
 * Encodes and decodes the body of a manifest, a CBOR map:
 *
 * <pre>
 * "packs"   array of maps: "name" text, "size" bytes in the store, "sha256" of them, "codec" text: "zstd",
 *           "pages" number of pages in the pack
 * "leaves"  array of maps: "digest", "layers" array of integers, five for each layer ({@link LayerEntry}): pack
 *           index, offset of the block, stored length of its page table, pages stored, pages used
 * "credit"  bytes that later takes may rewrite in addition; missing if 0
 * "check"   map: SQLite's check of the image before it was sealed ({@link CheckRecord}): "kind" text, "sqlite" text,
 *           "violations" and "unchecked" arrays of text, each missing if it is empty; missing if unknown
 * </pre>
 *
 * Unknown keys are skipped. A leaf has at most as many layers as pages, and an image at most as many packs as pages and
 * leaves.
 */
final class BodyCodec {

    private static final String CODEC = "zstd";
    private static final int LAYER_FIELDS = 5;

    private BodyCodec() {}

    static byte[] encode(Manifest manifest) {
        return CborWriter.encode(out -> {
            CheckRecord check = manifest.check();
            CborWriter.beginMap(out, 2 + (manifest.credit() == 0 ? 0 : 1) + (check == null ? 0 : 1));
            out.writeFieldName("packs");
            out.writeStartArray(manifest, manifest.packs().size());
            for (PackEntry pack : manifest.packs()) {
                write(out, pack);
            }
            out.writeEndArray();
            out.writeFieldName("leaves");
            out.writeStartArray(manifest, manifest.leaves().size());
            for (LeafEntry leaf : manifest.leaves()) {
                write(out, leaf);
            }
            out.writeEndArray();
            if (manifest.credit() != 0) {
                number(out, "credit", manifest.credit());
            }
            if (check != null) {
                out.writeFieldName("check");
                write(out, check);
            }
            out.writeEndObject();
        });
    }

    private static void write(CBORGenerator out, CheckRecord check) throws IOException {
        CborWriter.beginMap(
                out,
                2 + (check.violations().isEmpty() ? 0 : 1) + (check.unchecked().isEmpty() ? 0 : 1));
        text(out, "kind", check.kind());
        text(out, "sqlite", check.sqlite());
        if (!check.violations().isEmpty()) {
            CborWriter.texts(out, "violations", check.violations());
        }
        if (!check.unchecked().isEmpty()) {
            CborWriter.texts(out, "unchecked", check.unchecked());
        }
        out.writeEndObject();
    }

    private static void write(CBORGenerator out, PackEntry pack) throws IOException {
        CborWriter.beginMap(out, 5);
        text(out, "name", pack.name().toString());
        number(out, "size", pack.size());
        bytes(out, "sha256", pack.sha256().bytes());
        text(out, "codec", CODEC);
        number(out, "pages", pack.pages());
        out.writeEndObject();
    }

    private static void write(CBORGenerator out, LeafEntry leaf) throws IOException {
        CborWriter.beginMap(out, 2);
        bytes(out, "digest", leaf.digest().bytes());
        out.writeFieldName("layers");
        out.writeStartArray(leaf, LAYER_FIELDS * leaf.layers().size());
        for (LayerEntry layer : leaf.layers()) {
            out.writeNumber(layer.pack());
            out.writeNumber(layer.offset());
            out.writeNumber(layer.length());
            out.writeNumber(layer.stored());
            out.writeNumber(layer.used());
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    static Manifest decode(ManifestHead head, byte[] bytes, int offset, int length) throws MalformedException {
        List<PackEntry> packs = null;
        List<LeafEntry> leaves = null;
        long credit = 0;
        CheckRecord check = null;
        try (CborReader in = CborReader.of(bytes, offset, length)) {
            in.beginMap();
            for (String key = in.nextKey(); key != null; key = in.nextKey()) {
                switch (key) {
                    case "packs" -> packs = packs(in, maxPacks(head.geometry()));
                    case "leaves" -> leaves = leaves(in, bytes, head.geometry());
                    case "credit" -> credit = in.unsigned();
                    case "check" -> check = check(in);
                    default -> in.skip();
                }
            }
            in.end();
        }
        if (packs == null || leaves == null) {
            throw new MalformedException("the body has no packs or no leaves");
        }
        Manifest manifest = new Manifest(head, packs, leaves, credit, check);
        ManifestCheck.check(manifest);
        return manifest;
    }

    private static CheckRecord check(CborReader in) throws MalformedException {
        Fields fields = new Fields();
        in.beginMap();
        for (String key = in.nextKey(); key != null; key = in.nextKey()) {
            switch (key) {
                case "kind", "sqlite" -> fields.put(key, in.text());
                case "violations", "unchecked" -> fields.put(key, in.texts(CheckRecord.MAX_FINDINGS));
                default -> in.skip();
            }
        }
        return new CheckRecord(
                fields.text("kind"),
                fields.text("sqlite"),
                fields.contains("violations") ? fields.texts("violations") : List.of(),
                fields.contains("unchecked") ? fields.texts("unchecked") : List.of());
    }

    /** Returns the maximum number of packs: each one holds a page or a leaf of the image. */
    private static long maxPacks(ImageGeometry geometry) {
        return geometry.pageCount() + geometry.leafCount();
    }

    private static void checkRoom(List<?> packs, long max) throws MalformedException {
        if (packs.size() >= max) {
            throw new MalformedException("the body has more packs than the image has pages and leaves: " + max);
        }
    }

    private static List<PackEntry> packs(CborReader in, long max) throws MalformedException {
        List<PackEntry> packs = new ArrayList<>();
        Set<PackName> names = new HashSet<>();
        Map<SnapshotId, SnapshotId> writers = new HashMap<>();
        in.beginArray();
        while (in.nextMap()) {
            checkRoom(packs, max);
            PackEntry pack = pack(in, writers);
            if (!names.add(pack.name())) {
                throw new MalformedException("pack " + pack.name() + " is listed twice");
            }
            packs.add(pack);
        }
        return List.copyOf(packs);
    }

    /** Decodes only the names of the packs. */
    static List<PackName> decodeNames(ImageGeometry geometry, byte[] bytes, int offset, int length)
            throws MalformedException {
        List<PackName> names = null;
        try (CborReader in = CborReader.of(bytes, offset, length)) {
            in.beginMap();
            for (String key = in.nextKey(); key != null; key = in.nextKey()) {
                if (key.equals("packs")) {
                    names = names(in, maxPacks(geometry));
                } else {
                    in.skip();
                }
            }
            in.end();
        }
        if (names == null) {
            throw new MalformedException("the body has no packs");
        }
        return names;
    }

    private static List<PackName> names(CborReader in, long max) throws MalformedException {
        List<PackName> names = new ArrayList<>();
        Map<SnapshotId, SnapshotId> writers = new HashMap<>();
        in.beginArray();
        while (in.nextMap()) {
            checkRoom(names, max);
            Fields fields = new Fields();
            for (String key = in.nextKey(); key != null; key = in.nextKey()) {
                if (key.equals("name")) {
                    fields.put(key, in.text());
                } else {
                    in.skip();
                }
            }
            names.add(name(fields, writers));
        }
        return List.copyOf(names);
    }

    /** Returns the name of a pack. Names with the same writer share its id. */
    private static PackName name(Fields fields, Map<SnapshotId, SnapshotId> writers) throws MalformedException {
        String text = fields.text("name");
        PackName name = PackName.parse(text).orElseThrow(() -> new MalformedException("not a pack name: " + text));
        return new PackName(writers.computeIfAbsent(name.writer(), writer -> writer), name.number());
    }

    private static PackEntry pack(CborReader in, Map<SnapshotId, SnapshotId> writers) throws MalformedException {
        Fields fields = new Fields();
        for (String key = in.nextKey(); key != null; key = in.nextKey()) {
            switch (key) {
                case "name", "codec" -> fields.put(key, in.text());
                case "size", "pages" -> fields.put(key, (long) in.unsigned(PackEntry.MAX_BYTES));
                case "sha256" -> fields.put(key, in.digest());
                default -> in.skip();
            }
        }
        if (!fields.text("codec").equals(CODEC)) {
            throw new MalformedException("a pack has the unknown codec " + fields.text("codec"));
        }
        return new PackEntry(name(fields, writers), (int) fields.number("size"), fields.digest("sha256"), (int)
                fields.number("pages"));
    }

    private static List<LeafEntry> leaves(CborReader in, byte[] bytes, ImageGeometry geometry)
            throws MalformedException {
        int[] ends = new int[16];
        int count = 0;
        in.beginArray();
        ends[0] = in.position();
        while (in.nextMap()) {
            if (count == geometry.leafCount()) {
                throw new MalformedException("the body has more leaves than the image");
            }
            leaf(in, geometry.pagesIn(count));
            count++;
            ends = count == ends.length ? Arrays.copyOf(ends, 2 * count) : ends;
            ends[count] = in.position();
        }
        return new Leaves(bytes, Arrays.copyOf(ends, count + 1));
    }

    /** Leaves that were checked. They are decoded again on each access, and take no memory but their encoded bytes. */
    private static final class Leaves extends AbstractList<LeafEntry> implements RandomAccess {

        private final byte[] bytes;
        private final int[] ends;

        Leaves(byte[] bytes, int[] ends) {
            this.bytes = bytes;
            this.ends = ends;
        }

        @Override
        public LeafEntry get(int index) {
            int start = ends[Objects.checkIndex(index, size())];
            try (CborReader in = CborReader.of(bytes, start, ends[index + 1] - start)) {
                in.beginMap();
                return leaf(in, Integer.MAX_VALUE);
            } catch (MalformedException e) {
                throw new IllegalStateException("leaf " + index + " was decoded before", e);
            }
        }

        @Override
        public int size() {
            return ends.length - 1;
        }
    }

    private static LeafEntry leaf(CborReader in, int pages) throws MalformedException {
        Fields fields = new Fields();
        for (String key = in.nextKey(); key != null; key = in.nextKey()) {
            switch (key) {
                case "digest" -> fields.put(key, in.digest());
                case "layers" -> fields.put(key, layers(in, pages));
                default -> in.skip();
            }
        }
        return new LeafEntry(fields.digest("digest"), fields.layers("layers"));
    }

    private static List<LayerEntry> layers(CborReader in, int pages) throws MalformedException {
        List<LayerEntry> layers = new ArrayList<>();
        in.beginArray();
        while (in.nextUnsigned()) {
            if (layers.size() == pages) {
                throw new MalformedException("a leaf of " + pages + " pages has more layers than pages");
            }
            int pack = narrow(in.current());
            layers.add(new LayerEntry(pack, next(in), next(in), next(in), next(in)));
        }
        return List.copyOf(layers);
    }

    private static int next(CborReader in) throws MalformedException {
        if (!in.nextUnsigned()) {
            throw new MalformedException("a layer is not complete");
        }
        return narrow(in.current());
    }

    private static int narrow(long value) throws MalformedException {
        if (value > PackEntry.MAX_BYTES) {
            throw new MalformedException("a number in the layers is too large: " + value);
        }
        return (int) value;
    }
}
