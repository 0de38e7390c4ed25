package io.harmonylite.snapshot.internal.format;

import static io.harmonylite.snapshot.internal.format.CborWriter.bytes;
import static io.harmonylite.snapshot.internal.format.CborWriter.number;
import static io.harmonylite.snapshot.internal.format.CborWriter.text;

import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Encodes and decodes the body of a manifest, a CBOR map:
 *
 * <pre>
 * "packs"   array of maps: "name" text, "size" bytes in the store, "sha256" of them, "codec" text: "zstd"
 * "leaves"  array of maps: "pack" index, "offset" in it, "length" stored, "digest",
 *           "sources" array: pack index, number of pages, pack index, number of pages, …
 * </pre>
 *
 * Unknown keys are skipped.
 */
final class BodyCodec {

    private static final String CODEC = "zstd";

    private BodyCodec() {}

    static byte[] encode(Manifest manifest) {
        return CborWriter.encode(out -> {
            CborWriter.beginMap(out, 2);
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
            out.writeEndObject();
        });
    }

    private static void write(CBORGenerator out, PackEntry pack) throws IOException {
        CborWriter.beginMap(out, 4);
        text(out, "name", pack.name().toString());
        number(out, "size", pack.size());
        bytes(out, "sha256", pack.sha256().bytes());
        text(out, "codec", CODEC);
        out.writeEndObject();
    }

    private static void write(CBORGenerator out, LeafEntry leaf) throws IOException {
        CborWriter.beginMap(out, 5);
        number(out, "pack", leaf.pack());
        number(out, "offset", leaf.offset());
        number(out, "length", leaf.length());
        bytes(out, "digest", leaf.digest().bytes());
        out.writeFieldName("sources");
        out.writeStartArray(leaf, 2 * leaf.sources().size());
        for (LeafEntry.Source source : leaf.sources()) {
            out.writeNumber(source.pack());
            out.writeNumber(source.pages());
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    static Manifest decode(ManifestHead head, byte[] bytes, int offset, int length) throws MalformedException {
        List<PackEntry> packs = null;
        List<LeafEntry> leaves = null;
        try (CborReader in = CborReader.of(bytes, offset, length)) {
            in.beginMap();
            for (String key = in.nextKey(); key != null; key = in.nextKey()) {
                switch (key) {
                    case "packs" -> packs = packs(in);
                    case "leaves" -> leaves = leaves(in, head.geometry());
                    default -> in.skip();
                }
            }
            in.end();
        }
        if (packs == null || leaves == null) {
            throw new MalformedException("the body has no packs or no leaves");
        }
        Manifest manifest = new Manifest(head, packs, leaves);
        ManifestCheck.check(manifest);
        return manifest;
    }

    private static List<PackEntry> packs(CborReader in) throws MalformedException {
        List<PackEntry> packs = new ArrayList<>();
        Set<PackName> names = new HashSet<>();
        in.beginArray();
        while (in.nextMap()) {
            PackEntry pack = pack(in);
            if (!names.add(pack.name())) {
                throw new MalformedException("pack " + pack.name() + " is listed twice");
            }
            packs.add(pack);
        }
        return List.copyOf(packs);
    }

    /** Decodes only the names of the packs. */
    static List<PackName> decodeNames(byte[] bytes, int offset, int length) throws MalformedException {
        List<PackName> names = null;
        try (CborReader in = CborReader.of(bytes, offset, length)) {
            in.beginMap();
            for (String key = in.nextKey(); key != null; key = in.nextKey()) {
                if (key.equals("packs")) {
                    names = names(in);
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

    private static List<PackName> names(CborReader in) throws MalformedException {
        List<PackName> names = new ArrayList<>();
        in.beginArray();
        while (in.nextMap()) {
            Fields fields = new Fields();
            for (String key = in.nextKey(); key != null; key = in.nextKey()) {
                if (key.equals("name")) {
                    fields.put(key, in.text());
                } else {
                    in.skip();
                }
            }
            names.add(name(fields));
        }
        return List.copyOf(names);
    }

    private static PackName name(Fields fields) throws MalformedException {
        String name = fields.text("name");
        return PackName.parse(name).orElseThrow(() -> new MalformedException("not a pack name: " + name));
    }

    private static PackEntry pack(CborReader in) throws MalformedException {
        Fields fields = new Fields();
        for (String key = in.nextKey(); key != null; key = in.nextKey()) {
            switch (key) {
                case "name", "codec" -> fields.put(key, in.text());
                case "size" -> fields.put(key, (long) in.unsigned(PackEntry.MAX_BYTES));
                case "sha256" -> fields.put(key, in.digest());
                default -> in.skip();
            }
        }
        if (!fields.text("codec").equals(CODEC)) {
            throw new MalformedException("a pack has the unknown codec " + fields.text("codec"));
        }
        return new PackEntry(name(fields), (int) fields.number("size"), fields.digest("sha256"));
    }

    private static List<LeafEntry> leaves(CborReader in, ImageGeometry geometry) throws MalformedException {
        List<LeafEntry> leaves = new ArrayList<>();
        in.beginArray();
        while (in.nextMap()) {
            if (leaves.size() == geometry.leafCount()) {
                throw new MalformedException("the body has more leaves than the image");
            }
            leaves.add(leaf(in));
        }
        return List.copyOf(leaves);
    }

    private static LeafEntry leaf(CborReader in) throws MalformedException {
        Fields fields = new Fields();
        for (String key = in.nextKey(); key != null; key = in.nextKey()) {
            switch (key) {
                case "pack", "offset", "length" -> fields.put(key, (long) in.unsigned(Integer.MAX_VALUE));
                case "digest" -> fields.put(key, in.digest());
                case "sources" -> fields.put(key, sources(in));
                default -> in.skip();
            }
        }
        return new LeafEntry(
                (int) fields.number("pack"),
                (int) fields.number("offset"),
                (int) fields.number("length"),
                fields.digest("digest"),
                fields.sources("sources"));
    }

    private static List<LeafEntry.Source> sources(CborReader in) throws MalformedException {
        List<LeafEntry.Source> sources = new ArrayList<>();
        in.beginArray();
        while (in.nextUnsigned()) {
            int pack = narrow(in.current());
            if (!in.nextUnsigned()) {
                throw new MalformedException("a source has a pack but no number of pages");
            }
            sources.add(new LeafEntry.Source(pack, narrow(in.current())));
        }
        return List.copyOf(sources);
    }

    private static int narrow(long value) throws MalformedException {
        if (value > Integer.MAX_VALUE) {
            throw new MalformedException("a number in the sources is too large: " + value);
        }
        return (int) value;
    }
}
