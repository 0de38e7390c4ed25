package io.harmonylite.snapshot.internal.format;

import static io.harmonylite.snapshot.internal.format.CborWriter.bytes;
import static io.harmonylite.snapshot.internal.format.CborWriter.number;
import static io.harmonylite.snapshot.internal.format.CborWriter.text;

import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.internal.format.DataKey.Kind;
import java.io.IOException;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
 * The body of a sealed manifest has {@code "packs"}, whose codec is {@code zstd+aes-256-gcm}, and {@code "sealed"}: the
 * other keys in a CBOR map that is sealed, with one more:
 *
 * <pre>
 * "keys"    array of maps: "take" text, "key" 32 bytes: data keys of the earlier takes whose packs are named
 * </pre>
 *
 * <p>Unknown keys are skipped. A leaf has at most as many layers as pages, and an image at most as many packs as pages and
 * leaves.
 */
final class BodyCodec {

    private static final String CODEC = "zstd";
    private static final String SEALED_CODEC = "zstd+aes-256-gcm";
    private static final int LAYER_FIELDS = 5;

    private BodyCodec() {}

    static byte[] encode(Manifest manifest) {
        DataKey key = manifest.key();
        if (key == null) {
            return CborWriter.encode(out -> {
                CborWriter.beginMap(out, 1 + contents(manifest));
                packs(out, manifest);
                contents(out, manifest);
                out.writeEndObject();
            });
        }
        List<DataKey> earlier = earlierKeys(manifest, key);
        byte[] contents = CborWriter.encode(out -> {
            CborWriter.beginMap(out, contents(manifest) + (earlier.isEmpty() ? 0 : 1));
            contents(out, manifest);
            if (!earlier.isEmpty()) {
                keys(out, earlier);
            }
            out.writeEndObject();
        });
        return CborWriter.encode(out -> {
            CborWriter.beginMap(out, 2);
            packs(out, manifest);
            bytes(out, "sealed", key.seal(Kind.BODY, contents, new byte[0]));
            out.writeEndObject();
        });
    }

    /** Returns the keys of the earlier takes whose packs a manifest names, in the order of the packs. */
    private static List<DataKey> earlierKeys(Manifest manifest, DataKey own) {
        Map<SnapshotId, DataKey> keys = new LinkedHashMap<>();
        for (PackEntry pack : manifest.packs()) {
            DataKey key = Objects.requireNonNull(pack.key(), "a sealed snapshot names sealed packs only");
            keys.put(key.take(), key);
        }
        keys.remove(own.take());
        return List.copyOf(keys.values());
    }

    private static void keys(CBORGenerator out, List<DataKey> keys) throws IOException {
        out.writeFieldName("keys");
        out.writeStartArray(keys, keys.size());
        for (DataKey key : keys) {
            CborWriter.beginMap(out, 2);
            text(out, "take", key.take().toString());
            bytes(out, "key", key.secret());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void packs(CBORGenerator out, Manifest manifest) throws IOException {
        out.writeFieldName("packs");
        out.writeStartArray(manifest, manifest.packs().size());
        for (PackEntry pack : manifest.packs()) {
            write(out, pack);
        }
        out.writeEndArray();
    }

    /** Returns the number of keys that hold the contents. */
    private static int contents(Manifest manifest) {
        return 1 + (manifest.credit() == 0 ? 0 : 1) + (manifest.check() == null ? 0 : 1);
    }

    private static void contents(CBORGenerator out, Manifest manifest) throws IOException {
        CheckRecord check = manifest.check();
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
        text(out, "codec", pack.key() == null ? CODEC : SEALED_CODEC);
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

    /**
     * Decodes a body.
     *
     * @param head the head, opened if the manifest is sealed
     * @param key opens a sealed manifest; null if it is not sealed
     */
    static Manifest decode(ManifestHead head, @Nullable DataKey key, byte[] bytes, int offset, int length)
            throws MalformedException {
        Parts parts = new Parts(head);
        parts.read(bytes, offset, length);
        List<PackEntry> packs = parts.packs;
        if (key != null) {
            byte[] contents = key.open(Kind.BODY, parts.sealed(), new byte[0]);
            parts.read(contents, 0, contents.length);
            packs = parts.opened(packs, key);
        }
        if (packs == null || parts.leaves == null) {
            throw new MalformedException("the body has no packs or no leaves");
        }
        Manifest manifest = new Manifest(head, packs, parts.leaves, parts.credit, parts.check, key);
        ManifestCheck.check(manifest);
        return manifest;
    }

    /** Decodes the packs of a sealed manifest without their keys. */
    static List<PackEntry> decodePacks(ManifestHead head, byte[] bytes, int offset, int length)
            throws MalformedException {
        Parts parts = new Parts(head);
        parts.read(bytes, offset, length);
        parts.sealed();
        if (parts.packs == null) {
            throw new MalformedException("the body has no packs");
        }
        ManifestCheck.checkBytes(head, parts.packs);
        return parts.packs;
    }

    /** The values of a body, or of the sealed part of one, as they become known. */
    private static final class Parts {

        private final ManifestHead head;
        private final Map<SnapshotId, DataKey> keys = new HashMap<>();
        private @Nullable List<PackEntry> packs;
        private @Nullable List<LeafEntry> leaves;
        private byte @Nullable [] sealed;
        private long credit;
        private @Nullable CheckRecord check;

        Parts(ManifestHead head) {
            this.head = head;
        }

        void read(byte[] bytes, int offset, int length) throws MalformedException {
            try (CborReader in = CborReader.of(bytes, offset, length)) {
                in.beginMap();
                for (String key = in.nextKey(); key != null; key = in.nextKey()) {
                    switch (key) {
                        case "packs" -> packs = packs(in, maxPacks(head.geometry()), codec());
                        case "leaves" -> leaves = leaves(in, bytes, head.geometry());
                        case "credit" -> credit = in.unsigned();
                        case "check" -> check = check(in);
                        case "sealed" -> sealed = in.bytes();
                        case "keys" -> readKeys(in);
                        default -> in.skip();
                    }
                }
                in.end();
            }
        }

        private String codec() {
            return head.seal().isPresent() ? SEALED_CODEC : CODEC;
        }

        byte[] sealed() throws MalformedException {
            if (sealed == null) {
                throw new MalformedException("the body of a sealed manifest is not sealed");
            }
            return sealed;
        }

        private void readKeys(CborReader in) throws MalformedException {
            in.beginArray();
            while (in.nextMap()) {
                checkRoom(keys.values(), maxPacks(head.geometry()));
                String take = "";
                byte[] secret = new byte[0];
                for (String key = in.nextKey(); key != null; key = in.nextKey()) {
                    switch (key) {
                        case "take" -> take = in.text();
                        case "key" -> secret = in.bytes();
                        default -> in.skip();
                    }
                }
                SnapshotId id = id(take);
                keys.put(id, DataKey.of(head.name(), id, secret));
            }
        }

        private static SnapshotId id(String text) throws MalformedException {
            try {
                return SnapshotId.parse(text);
            } catch (IllegalArgumentException e) {
                throw new MalformedException("the key of a take has no snapshot id", e);
            }
        }

        /** Returns the packs with their keys. */
        @Nullable
        List<PackEntry> opened(@Nullable List<PackEntry> closed, DataKey own) throws MalformedException {
            keys.put(own.take(), own);
            List<PackEntry> opened = new ArrayList<>();
            for (PackEntry pack : closed == null ? List.<PackEntry>of() : closed) {
                DataKey key = keys.get(pack.name().writer());
                if (key == null) {
                    throw new MalformedException("there is no key for pack " + pack.name());
                }
                opened.add(new PackEntry(pack.name(), pack.size(), pack.sha256(), pack.pages(), key));
            }
            return closed == null ? null : List.copyOf(opened);
        }
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

    private static void checkRoom(Collection<?> packs, long max) throws MalformedException {
        if (packs.size() >= max) {
            throw new MalformedException("the body has more packs than the image has pages and leaves: " + max);
        }
    }

    private static List<PackEntry> packs(CborReader in, long max, String codec) throws MalformedException {
        List<PackEntry> packs = new ArrayList<>();
        Set<PackName> names = new HashSet<>();
        Map<SnapshotId, SnapshotId> writers = new HashMap<>();
        in.beginArray();
        while (in.nextMap()) {
            checkRoom(packs, max);
            PackEntry pack = pack(in, writers, codec);
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

    private static PackEntry pack(CborReader in, Map<SnapshotId, SnapshotId> writers, String codec)
            throws MalformedException {
        Fields fields = new Fields();
        for (String key = in.nextKey(); key != null; key = in.nextKey()) {
            switch (key) {
                case "name", "codec" -> fields.put(key, in.text());
                case "size", "pages" -> fields.put(key, (long) in.unsigned(PackEntry.MAX_BYTES));
                case "sha256" -> fields.put(key, in.digest());
                default -> in.skip();
            }
        }
        if (!fields.text("codec").equals(codec)) {
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
