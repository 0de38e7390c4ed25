package io.harmonylite.snapshot.internal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.PendingRecord;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.UnsupportedFormatException;
import io.harmonylite.snapshot.internal.format.RawCbor.Raw;
import io.harmonylite.snapshot.internal.format.RawCbor.Twice;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestCodecTest {

    private static final SampleSnapshot SMALL = SampleSnapshot.small();
    private static final byte[] BYTES = ManifestCodec.encode(SMALL.manifest());

    private static RawManifest raw() {
        try {
            return RawManifest.of(SMALL.manifest());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void assertMalformed(byte[] bytes) {
        assertThatThrownBy(() -> ManifestCodec.decode(bytes)).isInstanceOf(MalformedException.class);
    }

    private static int headEnd() throws MalformedException {
        return 8 + CborReader.itemLength(BYTES, 8, BYTES.length - 8) + Digest.LENGTH;
    }

    @Test
    void decode_encoded_isEqual() throws Exception {
        assertThat(ManifestCodec.decode(BYTES)).isEqualTo(SMALL.manifest());
        assertThat(ManifestCodec.decodeHead(BYTES)).isEqualTo(SMALL.manifest().head());
        Manifest twoLeaves = SampleSnapshot.twoLeaves().manifest();
        assertThat(ManifestCodec.decode(ManifestCodec.encode(twoLeaves))).isEqualTo(twoLeaves);
    }

    @Property(tries = 200)
    void decode_anyManifestEncoded_isEqual(
            @ForAll("positions") Positions positions,
            @ForAll("unpublished") PendingRecord unpublished,
            @ForAll Random random)
            throws MalformedException {
        Manifest manifest = manifest(positions, unpublished, random);
        byte[] bytes = ManifestCodec.encode(manifest);
        assertThat(ManifestCodec.decode(bytes)).isEqualTo(manifest);
        assertThat(ManifestCodec.decodeHead(bytes)).isEqualTo(manifest.head());
        assertThat(ManifestCodec.decodePacks(bytes))
                .isEqualTo(manifest.packs().stream().map(PackEntry::name).toList());
    }

    @Provide
    Arbitrary<Positions> positions() {
        return MadeUp.positions();
    }

    @Provide
    Arbitrary<PendingRecord> unpublished() {
        Arbitrary<List<SequenceRange>> ranges = Arbitraries.longs()
                .between(1, Long.MAX_VALUE)
                .set()
                .ofMaxSize(8)
                .map(ManifestCodecTest::ranges);
        return Combinators.combine(
                        Arbitraries.longs().greaterOrEqual(0),
                        Arbitraries.maps(MadeUp.streams(), ranges).ofMaxSize(4))
                .as((changes, ahead) -> new PendingRecord(changes, new TreeMap<>(ahead)));
    }

    private static List<SequenceRange> ranges(Set<Long> ends) {
        List<SequenceRange> ranges = new ArrayList<>();
        for (Iterator<Long> sorted = new TreeSet<>(ends).iterator(); sorted.hasNext(); ) {
            long first = sorted.next();
            ranges.add(new SequenceRange(first, sorted.hasNext() ? sorted.next() : first));
        }
        return ranges;
    }

    /** Creates a manifest with arbitrary but consistent numbers. */
    private static Manifest manifest(Positions positions, PendingRecord unpublished, Random random) {
        int pageSize = 512 << random.nextInt(8);
        int pages = 1 + random.nextInt(5 * ImageGeometry.LEAF_BYTES / pageSize);
        ImageGeometry geometry = new ImageGeometry(pageSize, pages);
        SnapshotId writer = SnapshotId.of(Instant.ofEpochSecond(random.nextInt()), "n", random.nextLong());
        List<PackEntry> packs = new ArrayList<>();
        for (int number = 0; number < Math.min(6, pages + geometry.leafCount()); number++) {
            PackName name = new PackName(number % 2 == 0 ? writer : SampleSnapshot.ID, number);
            packs.add(new PackEntry(name, (2 << 20) + random.nextInt(16 << 20), MadeUp.digest(random), 32_768));
        }
        List<LeafEntry> leaves = new ArrayList<>();
        for (int number = 0; number < geometry.leafCount(); number++) {
            leaves.add(leaf(geometry.pagesIn(number), packs, random));
        }
        List<Digest> digests = leaves.stream().map(LeafEntry::digest).toList();
        ImageInfo image = new ImageInfo(
                pageSize,
                pages,
                random.nextInt(),
                random.nextInt(),
                "UTF-16le",
                "delete",
                MadeUp.digest(random).hex(),
                ImageDigests.image(geometry, digests).hex());
        long stored = packs.stream()
                .filter(pack -> pack.name().writer().equals(writer))
                .mapToLong(PackEntry::size)
                .sum();
        long referenced = packs.stream().mapToLong(PackEntry::size).sum() - stored;
        long rewritten = (long) (random.nextDouble() * stored);
        Instant created = Instant.ofEpochMilli(random.nextLong());
        SortedMap<String, SequenceRange> possiblyMissing = random.nextBoolean()
                ? Collections.emptySortedMap()
                : new TreeMap<>(Map.of("zürich", new SequenceRange(1, 1 + random.nextInt(1000))));
        Optional<String> notCompacted = Optional.of("no such function: ü").filter(reason -> random.nextBoolean());
        Ordering ordering = new Ordering(
                random.nextLong(Ordering.MAX_GENERATION + 1),
                Instant.ofEpochMilli(random.nextLong()),
                Duration.ofMillis(random.nextLong(Ordering.MAX_GRACE + 1)));
        return new Manifest(
                new ManifestHead(
                        List.of(),
                        writer,
                        "orders",
                        created,
                        "1",
                        positions,
                        image,
                        stored,
                        referenced,
                        rewritten,
                        unpublished,
                        ordering,
                        possiblyMissing,
                        notCompacted,
                        Optional.empty()),
                packs,
                leaves,
                random.nextInt(2) * (long) random.nextInt(Integer.MAX_VALUE),
                random.nextBoolean() ? null : check(random));
    }

    private static CheckRecord check(Random random) {
        return new CheckRecord(
                random.nextBoolean() ? "quick_check" : "integrity_check",
                "3.50.3",
                Collections.nCopies(random.nextInt(3), "NULL value in t.ü: 1 row"),
                Collections.nCopies(random.nextInt(3), "t (no such function: f)"));
    }

    private static LeafEntry leaf(int pages, List<PackEntry> packs, Random random) {
        List<Integer> parts = MadeUp.parts(random, pages);
        List<LayerEntry> layers = new ArrayList<>();
        for (int pack = 0; pack < packs.size() && pages > 0; pack++) {
            int used = pack == packs.size() - 1 ? pages : Math.min(pages, parts.get(pack % parts.size()));
            int room = packs.get(pack).size() - (used + 1) * Digest.LENGTH;
            int offset = random.nextInt(room);
            layers.add(new LayerEntry(pack, offset, random.nextInt(room - offset), used, used));
            pages -= used;
        }
        return new LeafEntry(MadeUp.digest(random), layers);
    }

    @Test
    void seal_unchanged_equalsEncoded() {
        assertThat(raw().seal()).isEqualTo(BYTES);
    }

    @Test
    void decode_truncated_isMalformed() throws Exception {
        int headEnd = headEnd();
        for (int length = 0; length < BYTES.length; length++) {
            byte[] cut = Arrays.copyOf(BYTES, length);
            assertMalformed(cut);
            if (length < headEnd) {
                assertThatThrownBy(() -> ManifestCodec.decodeHead(cut)).isInstanceOf(MalformedException.class);
            } else {
                assertThat(ManifestCodec.decodeHead(cut))
                        .isEqualTo(SMALL.manifest().head());
            }
        }
    }

    @Test
    void decode_anyBitFlipped_isMalformedAndNeverUnsupported() throws Exception {
        int headEnd = headEnd();
        for (int bit = 0; bit < 8 * BYTES.length; bit++) {
            byte[] flipped = BYTES.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertMalformed(flipped);
            assertThatThrownBy(() -> ManifestCodec.decodePacks(flipped)).isInstanceOf(MalformedException.class);
            if (bit < 8 * headEnd) {
                assertThatThrownBy(() -> ManifestCodec.decodeHead(flipped)).isInstanceOf(MalformedException.class);
            }
        }
    }

    @Test
    void decode_trailingBytes_isMalformed() {
        assertMalformed(Arrays.copyOf(BYTES, BYTES.length + 1));
    }

    @ParameterizedTest
    @ValueSource(longs = {2, 3, 1_000, Long.MAX_VALUE})
    void decode_newerFormat_isUnsupportedAndNotMalformed(long format) {
        RawManifest raw = raw();
        raw.head.put("format", format);
        raw.head.remove("pageSize"); // A newer format may differ in everything else.
        byte[] newer = raw.seal();
        assertThatThrownBy(() -> ManifestCodec.decode(newer)).isInstanceOf(UnsupportedFormatException.class);
        assertThatThrownBy(() -> ManifestCodec.decodeHead(newer)).isInstanceOf(UnsupportedFormatException.class);
        assertThatThrownBy(() -> ManifestCodec.decodePacks(newer)).isInstanceOf(UnsupportedFormatException.class);
    }

    @Test
    void decode_missingOrInvalidFormat_isMalformed() {
        for (Object format : Arrays.asList(0, -1, "1", null, List.of(1))) {
            RawManifest raw = raw();
            raw.head.put("format", format);
            assertMalformed(raw.seal());
        }
        RawManifest without = raw();
        without.head.remove("format");
        assertMalformed(without.seal());
    }

    @Test
    void decode_unknownRequiredFeature_isUnsupportedButIdAndPacksAreRead() throws Exception {
        RawManifest raw = raw();
        raw.head.put("requires", List.of("encryption"));
        raw.pack(0).put("codec", "zstd+encryption");
        raw.body.put("leaves", "somewhere else");
        byte[] bytes = raw.seal();
        ManifestHead head = ManifestCodec.decodeHead(bytes);
        assertThat(head.id()).isEqualTo(SampleSnapshot.ID);
        assertThat(head.requires()).containsExactly("encryption");
        assertThatThrownBy(head::checkSupported)
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining("encryption")
                .hasMessageContaining("upgrade");
        assertThatThrownBy(() -> ManifestCodec.decode(bytes)).isInstanceOf(UnsupportedFormatException.class);
        assertThat(ManifestCodec.decodePacks(bytes)).containsExactly(new PackName(SampleSnapshot.ID, 0));
    }

    @Test
    void decodePacks_twoLeaves_returnsAllNames() throws Exception {
        Manifest twoLeaves = SampleSnapshot.twoLeaves().manifest();
        assertThat(ManifestCodec.decodePacks(ManifestCodec.encode(twoLeaves)))
                .containsExactly(new PackName(SampleSnapshot.ID, 0), new PackName(SampleSnapshot.ID, 1));
    }

    @Test
    void decode_unknownKeysAnywhere_areIgnored() throws Exception {
        RawManifest raw = raw();
        List<Map<Object, Object>> maps =
                List.of(raw.head, raw.body, raw.bodyEntry(), raw.pack(0), raw.leaf(0), raw.position("changes-1"));
        for (Map<Object, Object> map : maps) {
            map.put("x-number", -5);
            map.put("x-text", "ü");
            map.put("x-long-text", "t".repeat(100));
            map.put("x-bytes", new byte[1000]);
            map.put("x-null", null);
            map.put("x-true", true);
            map.put("x-float", new Raw(new byte[] {(byte) 0xf9, 0x3c, 0}));
            map.put("x-tagged", new Raw(new byte[] {(byte) 0xc1, 5}));
            map.put("x-map", Map.of("packs", List.of(Map.of("id", "x")), "format", 9));
        }
        assertThat(ManifestCodec.decode(raw.seal())).isEqualTo(SMALL.manifest());
        assertThat(ManifestCodec.decodeHead(raw.seal()))
                .isEqualTo(SMALL.manifest().head());
    }

    @Test
    void decode_anyDuplicateKey_isMalformed() {
        for (Object key : raw().head.keySet()) {
            RawManifest raw = raw();
            raw.head.put(new Twice((String) key), raw.head.get(key));
            assertMalformed(raw.seal());
        }
        for (Object key : raw().pack(0).keySet()) {
            RawManifest raw = raw();
            raw.pack(0).put(new Twice((String) key), raw.pack(0).get(key));
            assertMalformed(raw.seal());
        }
        RawManifest unknown = raw();
        unknown.head.put("x", 1);
        unknown.head.put(new Twice("x"), 1);
        assertMalformed(unknown.seal());
    }

    @Test
    void decode_anyKeyMissing_isMalformed() throws Exception {
        for (Object key : raw().head.keySet()) {
            RawManifest raw = raw();
            raw.head.remove(key);
            if (key.equals("positions")) {
                assertThat(ManifestCodec.decode(raw.seal()).head().positions()).isEqualTo(Positions.none());
            } else if (key.equals("body")) {
                assertMalformed(raw.keepBodyEntry().seal());
            } else {
                assertMalformed(raw.seal());
            }
        }
        for (Object key : List.of("packs", "leaves")) {
            RawManifest raw = raw();
            raw.body.remove(key);
            assertMalformed(raw.seal());
        }
        for (Object key : raw().pack(0).keySet()) {
            RawManifest raw = raw();
            raw.pack(0).remove(key);
            assertMalformed(raw.seal());
        }
        for (Object key : raw().leaf(0).keySet()) {
            RawManifest raw = raw();
            raw.leaf(0).remove(key);
            assertMalformed(raw.seal());
        }
    }

    @Test
    void decode_anyValueOfWrongType_isMalformed() {
        List<Object> wrong = Arrays.asList(null, true, "text", -1, new byte[31], List.of(Map.of()), Map.of("a", 1));
        for (Map.Entry<Object, Object> entry : raw().head.entrySet()) {
            for (Object value : wrong) {
                if (!isRightType(entry.getKey(), entry.getValue(), value)) {
                    RawManifest raw = raw();
                    raw.head.put(entry.getKey(), value);
                    assertMalformed(
                            entry.getKey().equals("body") ? raw.keepBodyEntry().seal() : raw.seal());
                }
            }
        }
    }

    /** Returns whether a value has the right type: any text for free text, and -1 for signed numbers. */
    private static boolean isRightType(Object key, Object right, Object value) {
        boolean signed = List.of("created", "userVersion", "applicationId").contains(key);
        boolean free = List.of("name", "library", "encoding", "journalMode").contains(key);
        return (signed && value instanceof Integer) || (free && value instanceof String && right instanceof String);
    }

    static Stream<Arguments> changed() {
        long tooLarge = 1L << 40;
        return Stream.of(
                changed("page size 0", raw -> raw.head.put("pageSize", 0)),
                changed("page size 513", raw -> raw.head.put("pageSize", 513)),
                changed("page size 256", raw -> raw.head.put("pageSize", 256)),
                changed("page size 131072", raw -> raw.head.put("pageSize", 131_072)),
                changed("page size 2^32 + 512", raw -> raw.head.put("pageSize", (1L << 32) + 512)),
                changed("page count 0", raw -> raw.head.put("pageCount", 0)),
                changed("page count 2^32 - 1", raw -> raw.head.put("pageCount", (1L << 32) - 1)),
                changed("page count 2^64 - 1", raw -> raw.head.put("pageCount", new Raw(RawCbor.head(0, -1)))),
                changed("many pages without leaves", raw -> raw.head.put("pageCount", (1L << 32) - 2)),
                changed("user version of 33 bits", raw -> raw.head.put("userVersion", 1L << 31)),
                changed("application id of 33 bits", raw -> raw.head.put("applicationId", -(1L << 31) - 1)),
                changed("id of another form", raw -> raw.head.put("id", "20261124")),
                changed("node of another id", raw -> raw.head.put("node", "node_2")),
                changed("requires that are numbers", raw -> raw.head.put("requires", List.of(1))),
                changed("a stream without a name", raw -> raw.head.put("positions", Map.of("", Map.of("sequence", 1)))),
                changed(
                        "a stream name that is too long",
                        raw -> raw.head.put("positions", Map.of("s".repeat(256), Map.of("sequence", 1)))),
                changed("a position without sequence", raw -> raw.head.put("positions", Map.of("s", Map.of()))),
                changed(
                        "a position below zero",
                        raw -> raw.position("changes-1").put("sequence", -1)),
                changed(
                        "a position of 2^63",
                        raw -> raw.position("changes-1").put("sequence", new Raw(RawCbor.head(0, Long.MIN_VALUE)))),
                changed("text of 1025 characters", raw -> raw.head.put("library", "x".repeat(1025))),
                changed("a key of 1025 characters", raw -> raw.head.put("k".repeat(1025), 1)),
                changed("a number of 33 bytes", raw -> raw.head.put("stored", new Raw(bignum(33)))),
                changed("another image digest", raw -> raw.head.put("image", new byte[32])),
                changed("too few stored bytes", raw -> raw.head.put("stored", 1)),
                changed("no leaves", raw -> raw.body.put("leaves", List.of())),
                changed(
                        "an additional leaf",
                        raw -> raw.list(raw.body, "leaves").add(raw.leaf(0))),
                changed("a leaf that is a number", raw -> raw.body.put("leaves", List.of(1))),
                changed("a pack that is text", raw -> raw.body.put("packs", List.of("p"))),
                changed("a pack named twice", raw -> raw.list(raw.body, "packs").add(raw.pack(0))),
                changed("no packs", raw -> raw.body.put("packs", List.of())),
                changed("a pack of 18 MiB and a byte", raw -> raw.pack(0).put("size", PackEntry.MAX_BYTES + 1)),
                changed("a pack with a size below zero", raw -> raw.pack(0).put("size", -1)),
                changed("a pack with another's name", raw -> raw.pack(0).put("name", "orders-000000")),
                changed(
                        "a pack with a path",
                        raw -> raw.pack(0).put("name", "../" + raw.pack(0).get("name"))),
                changed("a pack of an unknown codec", raw -> raw.pack(0).put("codec", "lz4")),
                changed("a digest of 31 bytes", raw -> raw.pack(0).put("sha256", new byte[31])),
                changed("a leaf with another digest", raw -> raw.leaf(0).put("digest", new byte[32])),
                changed("too few referenced bytes", raw -> raw.head.put("referenced", 1)),
                changed("more rewritten than stored bytes", raw -> raw.head.put("rewritten", 1 << 20)),
                changed("a pack without pages", raw -> raw.pack(0).put("pages", 0)),
                changed("a credit below zero", raw -> raw.body.put("credit", -1)),
                changed("a check without a kind", raw -> raw.body.put("check", Map.of("sqlite", "3.50.3"))),
                changed("a check with 101 tables", raw -> raw.body.put("check", check(Collections.nCopies(101, "t")))),
                changed("a check with numbers", raw -> raw.body.put("check", check(List.of(1)))),
                changed("no layers", raw -> raw.leaf(0).put("layers", List.of())),
                layer("a layer in a pack that is not named", 0, 1),
                layer("a layer in no pack", 0, -1),
                layer("a layer after its pack", 1, PackEntry.MAX_BYTES),
                layer("a layer longer than its pack", 2, PackEntry.MAX_BYTES),
                layer("an offset too large for a number", 1, tooLarge),
                layer("more pages than fit into the pack", 3, 9),
                layer("more pages than fit into a leaf", 3, 1 << 24),
                layer("no stored pages", 3, 0),
                layer("no used pages", 4, 0),
                layer("too few used pages", 4, 7),
                layer("too many used pages", 4, 9),
                changed(
                        "a layer that is not complete",
                        raw -> raw.list(raw.leaf(0), "layers").remove(4)),
                changed(
                        "a layer twice",
                        raw -> raw.list(raw.leaf(0), "layers").addAll(List.copyOf(raw.list(raw.leaf(0), "layers")))),
                changed(
                        "a body at another offset",
                        raw -> raw.keepBodyEntry().bodyEntry().put("offset", 8)),
                changed(
                        "a body of another length",
                        raw -> raw.keepBodyEntry().bodyEntry().put("length", 8)),
                changed(
                        "a body of 2^63 - 1 bytes",
                        raw -> raw.keepBodyEntry().bodyEntry().put("length", Long.MAX_VALUE)),
                changed(
                        "a body with another digest",
                        raw -> raw.keepBodyEntry().bodyEntry().put("sha256", new byte[32])));
    }

    /** Changes one number of the only layer. */
    private static Arguments layer(String what, int field, long value) {
        return changed(what, raw -> raw.list(raw.leaf(0), "layers").set(field, value));
    }

    private static Arguments changed(String what, Consumer<RawManifest> change) {
        return Arguments.of(what, change);
    }

    private static byte[] bignum(int length) {
        byte[] bytes = new byte[3 + length];
        bytes[0] = (byte) 0xc2;
        bytes[1] = 0x58;
        bytes[2] = (byte) length;
        Arrays.fill(bytes, 3, bytes.length, (byte) 1);
        return bytes;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changed")
    void decode_inconsistentValue_isMalformed(String what, Consumer<RawManifest> change) {
        RawManifest raw = raw();
        change.accept(raw);
        byte[] bytes = raw.seal();
        assertThatThrownBy(() -> Allocation.assertAtMost(8 << 20, () -> ManifestCodec.decode(bytes)))
                .as(what)
                .isInstanceOf(MalformedException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 1L << 31, 1L << 32, 1L << 40, Long.MAX_VALUE})
    void decode_absurdNumberAnywhere_isMalformed(long number) {
        List<Consumer<RawManifest>> changes = new ArrayList<>();
        for (String key : List.of("pageSize", "stored", "referenced", "rewritten")) {
            changes.add(raw -> raw.head.put(key, number));
        }
        for (String key : List.of("size", "pages")) {
            changes.add(raw -> raw.pack(0).put(key, number));
        }
        for (int field = 0; field < 5; field++) {
            int at = field;
            changes.add(raw -> raw.list(raw.leaf(0), "layers").set(at, number));
        }
        for (Consumer<RawManifest> change : changes) {
            decode_inconsistentValue_isMalformed("number " + changes.indexOf(change), change);
        }
        decode_inconsistentValue_isMalformed("page count", raw -> raw.head.put("pageCount", number));
    }

    @Test
    void decode_trailingBytesInBody_isMalformed() {
        byte[] body = RawCbor.encode(raw().body);
        byte[] longer = Arrays.copyOf(body, body.length + 1);
        RawManifest raw = raw();
        raw.keepBodyEntry().bodyEntry().put("length", longer.length);
        raw.bodyEntry().put("sha256", Digest.of(longer).bytes());
        assertMalformed(RawManifest.seal(RawCbor.encode(raw.head), longer));
    }

    @Test
    void decode_headThatIsNoMap_isMalformed() {
        for (Object part : Arrays.asList(1, "text", List.of(), null)) {
            assertMalformed(RawManifest.seal(RawCbor.encode(part), RawCbor.encode(raw().body)));
        }
    }

    @Test
    void decode_longestHead_isReadAndLongerIsMalformed() throws Exception {
        RawManifest raw = raw();
        raw.head.put("x", new byte[60_000]);
        // The offset of the body needs two more bytes from 64 KiB on, so no head has exactly that size.
        int longestHead = ManifestCodec.MAX_HEAD_BYTES - 1;
        int missing = longestHead - headBytes(raw.seal());
        raw.head.put("x", new byte[60_000 + missing]);
        byte[] longest = raw.seal();
        assertThat(headBytes(longest)).isEqualTo(longestHead);
        assertThat(ManifestCodec.decode(longest)).isEqualTo(SMALL.manifest());
        byte[] beginning = Arrays.copyOf(longest, ManifestCodec.MAX_HEAD_BYTES);
        assertThat(ManifestCodec.decodeHead(beginning))
                .isEqualTo(SMALL.manifest().head());
        raw.head.put("x", new byte[60_000 + missing + 1]);
        byte[] longer = raw.seal();
        assertThat(headBytes(longer)).isGreaterThan(ManifestCodec.MAX_HEAD_BYTES);
        assertMalformed(longer);
        assertThatThrownBy(() -> ManifestCodec.decodeHead(longer)).isInstanceOf(MalformedException.class);
    }

    private static int headBytes(byte[] manifest) throws MalformedException {
        return 8 + CborReader.itemLength(manifest, 8, manifest.length - 8) + Digest.LENGTH;
    }

    @Test
    void checkFits_accepted_canBeDecoded() throws Exception {
        Positions positions = Positions.none();
        List<Positions> all = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            positions = positions.with("s".repeat(240) + i, StreamPosition.at(i));
            all.add(positions);
        }
        int fitting = 0;
        for (Positions some : all) {
            Manifest manifest =
                    SampleSnapshot.of(new ImageGeometry(512, 1), some).manifest();
            if (fits(manifest.head())) {
                byte[] bytes = ManifestCodec.encode(manifest);
                byte[] beginning = Arrays.copyOf(bytes, Math.min(bytes.length, ManifestCodec.MAX_HEAD_BYTES));
                assertThat(ManifestCodec.decodeHead(beginning)).isEqualTo(manifest.head());
                fitting++;
            }
        }
        assertThat(fitting).isBetween(200, 299);
    }

    private static Map<String, Object> check(List<?> unchecked) {
        return Map.of("kind", "quick_check", "sqlite", "3.50.3", "unchecked", unchecked);
    }

    private static boolean fits(ManifestHead head) {
        try {
            ManifestCodec.checkFits(head);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Test
    void encode_largestImage_isBelowLimit() {
        int most = (int) (ImageGeometry.MAX_TAKEABLE_BYTES / ImageGeometry.LEAF_BYTES);
        // The longest entries of a pack and its leaf.
        PackName longest = PackName.parse("20261124T093000123Z-" + "n".repeat(32) + "-0123456789abcdef-999999")
                .orElseThrow();
        Digest digest = Digest.of(new byte[0]);
        int count = 1000;
        List<PackEntry> packs = new ArrayList<>();
        List<LeafEntry> leaves = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            packs.add(new PackEntry(longest, PackEntry.MAX_BYTES, digest, 32_768));
            LayerEntry layer = new LayerEntry(most, PackEntry.MAX_BYTES, PackEntry.MAX_BYTES, 32_768, 32_768);
            leaves.add(new LeafEntry(digest, List.of(layer)));
        }
        byte[] body = BodyCodec.encode(new Manifest(SMALL.manifest().head(), packs, leaves, Long.MAX_VALUE, null));
        long perLeaf = body.length / count + 1L;
        int check = 2 * 100 * (400 * 4 + 3); // 100 findings of each kind, with 400 code points each.
        assertThat(perLeaf * most + ManifestCodec.MAX_HEAD_BYTES + check + 1024).isLessThan(ManifestCodec.MAX_BYTES);
    }

    @Test
    void decode_randomBytesAfterMagic_isMalformed() {
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = new byte[8 + random.nextInt(300)];
            random.nextBytes(bytes);
            System.arraycopy(BYTES, 0, bytes, 0, 8);
            assertThatThrownBy(() -> ManifestCodec.decode(bytes))
                    .as("seed %s", seed)
                    .isInstanceOf(MalformedException.class);
        }
    }
}
