package io.harmonylite.snapshot.internal.format;

import static io.harmonylite.snapshot.internal.format.CborWriter.bytes;
import static io.harmonylite.snapshot.internal.format.CborWriter.number;
import static io.harmonylite.snapshot.internal.format.CborWriter.text;

import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.internal.format.DataKey.Kind;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Encodes and decodes the head of a manifest, a CBOR map:
 *
 * <pre>
 * "format"         1
 * "requires"       array of text: features a reader must support
 * "id" "name" "node" "library"   text
 * "created"        milliseconds since 1970
 * "generation" "listed" "grace"   {@link Ordering}: integer, milliseconds since 1970, milliseconds; missing if unknown
 * "firstStored"    milliseconds since 1970, for a copy: the time in the store that it was copied from; otherwise missing
 * "positions"      map of stream to position ({@link PositionsCodec}); missing if there are none
 * "unpublished"    data in the image beyond the positions ({@link PendingRecordCodec}); missing if there is none
 * "possiblyMissing" messages that the image may lack, one range of each stream ({@link RangesCodec}); missing if none
 * "notCompacted"   text: why a compaction that was due was skipped; missing if it was not
 * "pageSize" "pageCount" "userVersion" "applicationId"   integers
 * "encoding" "journalMode"   text
 * "schema" "image" 32 bytes: digests of schema and image
 * "stored"         bytes in the packs that this take wrote
 * "referenced"     bytes in the packs of earlier takes that the manifest names; missing if 0
 * "rewritten"      bytes of "stored" with pages that earlier packs hold too; missing if 0
 * "seal"           map of a sealed manifest: "key" text, "wrapped" the data key, "head" the sealed values
 * "body"           map: "offset" in the manifest, "length", "sha256"
 * </pre>
 *
 * In a sealed manifest {@code "schema"} and {@code "image"} are zeros, and {@code "notCompacted"} is missing. Their
 * values are in the sealed part, a CBOR map of these keys. It authenticates the head as it is encoded with {@code
 * "listed"}, {@code "grace"} and the body's offset 0, without {@code "firstStored"}, and with an empty {@code "head"} in
 * the seal: a copy changes these values and has no key.
 *
 * Unknown keys are skipped.
 */
final class HeadCodec {

    static final int FORMAT = 1;

    private static final int MAX_FEATURES = 1000;
    private static final String ZEROS = "0".repeat(2 * Digest.LENGTH);

    /** Location of the body in the manifest. */
    record Body(long offset, long length, Digest sha256) {}

    /** A head and the location of its body. */
    record Decoded(ManifestHead head, Body body) {}

    private HeadCodec() {}

    /**
     * Encodes a head with the location of its body. {@code around} is the number of bytes before the head plus that
     * between head and body.
     */
    static byte[] encode(ManifestHead head, byte[] body, int around) {
        Digest sha256 = Digest.of(body);
        byte[] encoded = encode(head, new Body(0, body.length, sha256));
        while (true) { // The head contains the offset, whose own length may change with it.
            byte[] next = encode(head, new Body(around + encoded.length, body.length, sha256));
            if (next.length == encoded.length) {
                return next;
            }
            encoded = next;
        }
    }

    /** Returns the length of a head with the largest possible body. */
    static int maxLength(ManifestHead head) {
        return encode(head, new Body(Integer.MAX_VALUE, Integer.MAX_VALUE, Digest.of(new byte[0]))).length;
    }

    private static byte[] encode(ManifestHead head, Body body) {
        return CborWriter.encode(out -> {
            CborWriter.beginMap(out, keys(head));
            number(out, "format", FORMAT);
            CborWriter.texts(out, "requires", head.requires());
            text(out, "id", head.id().toString());
            text(out, "name", head.name());
            text(out, "node", head.id().node());
            text(out, "library", head.libraryVersion());
            number(out, "created", head.created().toEpochMilli());
            ordering(out, head.ordering());
            if (!head.positions().isEmpty()) {
                out.writeFieldName("positions");
                PositionsCodec.write(out, head.positions());
            }
            if (!head.unpublished().isNone()) {
                out.writeFieldName("unpublished");
                PendingRecordCodec.write(out, head.unpublished());
            }
            if (head.notCompacted().isPresent()) {
                text(out, "notCompacted", head.notCompacted().get());
            }
            if (!head.possiblyMissing().isEmpty()) {
                out.writeFieldName("possiblyMissing");
                RangesCodec.write(out, RangesCodec.lists(head.possiblyMissing()));
            }
            image(out, head.image());
            number(out, "stored", head.storedBytes());
            if (head.referencedBytes() != 0) {
                number(out, "referenced", head.referencedBytes());
            }
            if (head.rewrittenBytes() != 0) {
                number(out, "rewritten", head.rewrittenBytes());
            }
            if (head.seal().isPresent()) {
                seal(out, head.seal().get());
            }
            out.writeFieldName("body");
            CborWriter.beginMap(out, 3);
            number(out, "offset", body.offset());
            number(out, "length", body.length());
            bytes(out, "sha256", body.sha256().bytes());
            out.writeEndObject();
            out.writeEndObject();
        });
    }

    private static int keys(ManifestHead head) {
        return 17
                + (head.ordering().listed() == null ? 0 : 3)
                + (head.ordering().firstStored() == null ? 0 : 1)
                + (head.positions().isEmpty() ? 0 : 1)
                + (head.unpublished().isNone() ? 0 : 1)
                + (head.possiblyMissing().isEmpty() ? 0 : 1)
                + (head.notCompacted().isEmpty() ? 0 : 1)
                + (head.seal().isEmpty() ? 0 : 1)
                + (head.referencedBytes() == 0 ? 0 : 1)
                + (head.rewrittenBytes() == 0 ? 0 : 1);
    }

    private static void ordering(CBORGenerator out, Ordering ordering) throws IOException {
        Instant listed = ordering.listed();
        if (listed != null) {
            number(out, "generation", ordering.generation());
            number(out, "listed", listed.toEpochMilli());
            number(out, "grace", ordering.grace().toMillis());
        }
        Instant firstStored = ordering.firstStored();
        if (firstStored != null) {
            number(out, "firstStored", firstStored.toEpochMilli());
        }
    }

    private static void image(CBORGenerator out, ImageInfo image) throws IOException {
        number(out, "pageSize", image.pageSize());
        number(out, "pageCount", image.pageCount());
        number(out, "userVersion", image.userVersion());
        number(out, "applicationId", image.applicationId());
        text(out, "encoding", image.encoding());
        text(out, "journalMode", image.journalMode());
        bytes(out, "schema", HexFormat.of().parseHex(image.schemaDigest()));
        bytes(out, "image", HexFormat.of().parseHex(image.imageDigest()));
    }

    private static void seal(CBORGenerator out, ManifestSeal seal) throws IOException {
        out.writeFieldName("seal");
        CborWriter.beginMap(out, 3);
        text(out, "key", seal.key());
        bytes(out, "wrapped", seal.wrapped());
        bytes(out, "head", seal.head());
        out.writeEndObject();
    }

    /** Returns the head of a sealed manifest as it is stored: its secret values are only in the seal. */
    static ManifestHead seal(ManifestHead head, byte[] body, DataKey key) {
        ManifestSeal seal = head.seal().orElseThrow();
        byte[] secrets = CborWriter.encode(out -> {
            CborWriter.beginMap(out, 2 + (head.notCompacted().isEmpty() ? 0 : 1));
            bytes(out, "schema", HexFormat.of().parseHex(head.image().schemaDigest()));
            bytes(out, "image", HexFormat.of().parseHex(head.image().imageDigest()));
            if (head.notCompacted().isPresent()) {
                text(out, "notCompacted", head.notCompacted().get());
            }
            out.writeEndObject();
        });
        ManifestHead open = head.with(ZEROS, ZEROS, Optional.empty(), seal);
        byte[] sealed = key.seal(Kind.HEAD, secrets, authenticated(open, new Body(0, body.length, Digest.of(body))));
        return open.with(seal.with(sealed));
    }

    /** Authenticates a sealed head, and returns it with its secret values. */
    static ManifestHead open(Decoded decoded, DataKey key) throws MalformedException {
        ManifestHead head = decoded.head();
        ManifestSeal seal = head.seal().orElseThrow();
        byte[] secrets = key.open(Kind.HEAD, seal.head(), authenticated(head, decoded.body()));
        Fields fields = new Fields();
        try (CborReader in = CborReader.of(secrets, 0, secrets.length)) {
            in.beginMap();
            for (String name = in.nextKey(); name != null; name = in.nextKey()) {
                switch (name) {
                    case "schema", "image" -> fields.put(name, in.digest());
                    case "notCompacted" -> fields.put(name, in.text());
                    default -> in.skip();
                }
            }
            in.end();
        }
        return head.with(
                fields.digest("schema").hex(), fields.digest("image").hex(), fields.optionalText("notCompacted"), seal);
    }

    /** Returns the bytes that the seal authenticates. */
    static byte[] authenticated(ManifestHead head, Body body) {
        Ordering fixed = new Ordering(head.ordering().generation(), Instant.EPOCH, Duration.ZERO, null);
        ManifestSeal empty = head.seal().orElseThrow().with(new byte[0]);
        return encode(head.with(fixed).with(empty), new Body(0, body.length(), body.sha256()));
    }

    static Decoded decode(byte[] bytes, int offset, int length) throws MalformedException {
        checkFormat(bytes, offset, length);
        Fields fields = new Fields();
        try (CborReader in = CborReader.of(bytes, offset, length)) {
            in.beginMap();
            for (String key = in.nextKey(); key != null; key = in.nextKey()) {
                readField(in, key, fields);
            }
        }
        return build(fields);
    }

    private static void checkFormat(byte[] bytes, int offset, int length) throws MalformedException {
        long format = -1;
        try (CborReader in = CborReader.of(bytes, offset, length)) {
            in.beginMap();
            for (String key = in.nextKey(); key != null; key = in.nextKey()) {
                if (key.equals("format")) {
                    format = in.unsigned();
                } else {
                    in.skip();
                }
            }
        }
        CborEnvelope.supported(format, FORMAT, "the manifest");
    }

    private static void readField(CborReader in, String key, Fields fields) throws MalformedException {
        switch (key) {
            case "requires" -> fields.put(key, in.texts(MAX_FEATURES));
            case "id", "name", "node", "library", "encoding", "journalMode", "notCompacted" ->
                fields.put(key, in.text());
            case "positions" -> fields.put(key, PositionsCodec.read(in));
            case "possiblyMissing" -> fields.put(key, RangesCodec.single(RangesCodec.read(in)));
            case "unpublished" -> fields.put(key, PendingRecordCodec.read(in));
            case "created", "listed", "firstStored", "userVersion", "applicationId" -> fields.put(key, in.signed());
            case "generation", "grace", "pageSize", "pageCount", "stored", "referenced", "rewritten" ->
                fields.put(key, in.unsigned());
            case "schema", "image" -> fields.put(key, in.digest());
            case "seal" -> fields.put(key, seal(in));
            case "body" -> fields.put(key, body(in));
            default -> in.skip();
        }
    }

    private static ManifestSeal seal(CborReader in) throws MalformedException {
        String key = null;
        byte[] wrapped = null;
        byte[] sealed = null;
        in.beginMap();
        for (String name = in.nextKey(); name != null; name = in.nextKey()) {
            switch (name) {
                case "key" -> key = in.text();
                case "wrapped" -> wrapped = in.bytes();
                case "head" -> sealed = in.bytes();
                default -> in.skip();
            }
        }
        if (key == null || wrapped == null || sealed == null) {
            throw new MalformedException("the seal of the head is not complete");
        }
        return new ManifestSeal(key, wrapped, sealed);
    }

    private static Body body(CborReader in) throws MalformedException {
        Fields fields = new Fields();
        in.beginMap();
        for (String key = in.nextKey(); key != null; key = in.nextKey()) {
            switch (key) {
                case "offset", "length" -> fields.put(key, (long) in.unsigned(ManifestCodec.MAX_BYTES));
                case "sha256" -> fields.put(key, in.digest());
                default -> in.skip();
            }
        }
        return new Body(fields.number("offset"), fields.number("length"), fields.digest("sha256"));
    }

    private static Decoded build(Fields fields) throws MalformedException {
        try {
            SnapshotId id = SnapshotId.parse(fields.text("id"));
            if (!id.node().equals(fields.text("node"))) {
                throw new MalformedException("the node differs from that of the id");
            }
            ManifestHead head = new ManifestHead(
                    fields.texts("requires"),
                    id,
                    fields.text("name"),
                    Instant.ofEpochMilli(fields.number("created")),
                    fields.text("library"),
                    fields.positions("positions"),
                    image(fields),
                    fields.number("stored"),
                    fields.number("referenced", 0),
                    fields.number("rewritten", 0),
                    fields.unpublished("unpublished"),
                    ordering(fields),
                    fields.ranges("possiblyMissing"),
                    fields.optionalText("notCompacted"),
                    fields.seal("seal"));
            if (head.seal().isPresent() != head.requires().contains(ManifestHead.SEALED)) {
                throw new MalformedException("a sealed head has no seal, or one that is not sealed has one");
            }
            return new Decoded(head, fields.body("body"));
        } catch (IllegalArgumentException e) {
            throw new MalformedException("a value is invalid: " + e.getMessage(), e);
        }
    }

    private static Ordering ordering(Fields fields) throws MalformedException {
        return new Ordering(
                fields.number("generation", 0),
                instant(fields, "listed"),
                Duration.ofMillis(fields.number("grace", 0)),
                instant(fields, "firstStored"));
    }

    private static @Nullable Instant instant(Fields fields, String key) throws MalformedException {
        return fields.contains(key) ? Instant.ofEpochMilli(fields.number(key)) : null;
    }

    private static ImageInfo image(Fields fields) throws MalformedException {
        ImageGeometry geometry = ImageGeometry.of(fields.number("pageSize"), fields.number("pageCount"));
        return new ImageInfo(
                geometry.pageSize(),
                geometry.pageCount(),
                fields.int32("userVersion"),
                fields.int32("applicationId"),
                fields.text("encoding"),
                fields.text("journalMode"),
                fields.digest("schema").hex(),
                fields.digest("image").hex());
    }
}
