package io.harmonylite.snapshot.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.CorruptSequenceMapException;
import io.harmonylite.snapshot.exception.SequenceMapInUseException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.UnsupportedFormatException;
import io.harmonylite.snapshot.internal.file.HookedFileOperations;
import io.harmonylite.snapshot.sequence.SequenceMapContents.Origin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Maps of HarmonyLite, maps that HarmonyLite has rewritten, and files that are not maps. */
class HarmonyLiteMapTest {

    private static final Instant CREATED = Instant.parse("2026-01-02T03:04:05.123456789Z");

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void setUp() {
        file = directory.resolve("seq-map.cbor");
    }

    private static Map<String, Long> expected(String fixture) {
        TreeMap<String, Long> sequences = new TreeMap<>();
        switch (fixture) {
            case "one-shard.seq-map.cbor", "one-shard.seq-map.other-node.cbor" ->
                sequences.put("harmonylite-changes-c-1", 148L);
            case "types.seq-map.cbor" -> sequences.put("harmonylite-changes-c-1", 13L);
            case "tricky.seq-map.cbor" -> put(sequences, "harmonylite-changes-c-", 1, 2);
            case "three-shards-compressed.seq-map.cbor", "three-shards-compressed.seq-map.other-node.cbor" ->
                put(sequences, "harmonylite-changes-c-", 49, 50, 49);
            case "three-shards-uncompressed.seq-map.cbor", "three-shards-uncompressed.seq-map.other-node.cbor" ->
                put(sequences, "harmonylite-changes-", 49, 50, 49);
            case "seqmaps.large-sequences.cbor" -> put(sequences, "harmonylite-changes-", 248, 70_049, 5_000_000_050L);
            case "seqmaps.shared-before.cbor" -> put(sequences, "hl-long-prefix-cluster-c-", 10, 9, 11);
            case "seqmaps.trailing-bytes.cbor" -> sequences.put("b-c-1", 7L);
            default ->
                put(sequences, "harmonylite-changes-c-", new long[] {
                    5, 4, 5, 5, 5, 6, 5, 6, 4, 5, 6, 6, 6, 3, 5, 5, 5, 6, 4, 4, 5, 4, 5, 6, 5, 6, 4, 5, 6, 4
                });
        }
        return sequences;
    }

    private static void put(Map<String, Long> sequences, String prefix, long... values) {
        for (int i = 0; i < values.length; i++) {
            sequences.put(prefix + (i + 1), values[i]);
        }
    }

    private static Map<String, Long> sequences(Positions positions) {
        TreeMap<String, Long> sequences = new TreeMap<>();
        positions.byStream().forEach((stream, position) -> {
            sequences.put(stream, position.sequence());
            assertThat(position).as("no timestamp or creation time").isEqualTo(StreamPosition.at(position.sequence()));
        });
        return sequences;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "one-shard.seq-map.cbor",
                "one-shard.seq-map.other-node.cbor",
                "three-shards-compressed.seq-map.cbor",
                "three-shards-compressed.seq-map.other-node.cbor",
                "three-shards-uncompressed.seq-map.cbor",
                "three-shards-uncompressed.seq-map.other-node.cbor",
                "tricky.seq-map.cbor",
                "types.seq-map.cbor",
                "seqmaps.30-shards.reader.cbor",
                "seqmaps.30-shards.writer.cbor",
                "seqmaps.large-sequences.cbor",
                "seqmaps.shared-before.cbor"
            })
    void adopt_harmonyLiteFixture_keepsItsPositions(String name) throws IOException {
        byte[] bytes = HarmonyLiteFiles.fixture(name);
        Files.write(file, bytes);
        SequenceMapContents contents = FileSequenceMap.read(file);
        assertThat(contents.origin()).isEqualTo(Origin.HARMONYLITE);
        assertThat(contents.leftOverBytes()).isZero();
        assertThat(sequences(contents.positions())).isEqualTo(expected(name));
        assertThatThrownBy(() -> FileSequenceMap.open(file))
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("adopt");
        assertThat(file).as("nothing was written").hasBinaryContent(bytes);
        try (FileSequenceMap map = FileSequenceMap.adopt(file)) {
            assertThat(map.contentsAtOpen()).isEqualTo(contents);
            assertThat(sequences(map.positions())).isEqualTo(expected(name));
        }
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            assertThat(sequences(map.positions()))
                    .as("in the format of this library")
                    .isEqualTo(expected(name));
        }
        byte[] sorted = HarmonyLiteFiles.encode(expected(name));
        assertThat(Files.readAllBytes(file))
                .as("HarmonyLite can still read its part")
                .startsWith(sorted);
        try (FileSequenceMap map = FileSequenceMap.adopt(file)) {
            assertThat(map.contentsAtOpen().origin())
                    .as("adopting again changes nothing")
                    .isEqualTo(Origin.OURS);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "one-shard.seq-map-new-node.cbor",
                "three-shards-compressed.seq-map-new-node.cbor",
                "three-shards-uncompressed.seq-map-new-node.cbor",
                "seqmaps.new-node.cbor"
            })
    void open_emptyHarmonyLiteFixture_isANewNode(String name) throws IOException {
        Files.write(file, HarmonyLiteFiles.fixture(name));
        assertThat(FileSequenceMap.read(file).origin()).isEqualTo(Origin.NEW);
        FileSequenceMap.open(file).close();
        assertThat(FileSequenceMap.read(file).origin()).isEqualTo(Origin.OURS);
    }

    @Test
    void d19_twoHarmonyLiteNodesShareOneFile_isReportedAndAdoptedOnRequest() throws IOException {
        Files.write(file, HarmonyLiteFiles.fixture("seqmaps.trailing-bytes.cbor"));
        assertThat(FileSequenceMap.read(file).leftOverBytes()).isEqualTo(80);
        assertThatThrownBy(() -> FileSequenceMap.open(file))
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("80 left-over bytes")
                .hasMessageContaining("adopt");
        try (FileSequenceMap map = FileSequenceMap.adopt(file)) {
            assertThat(map.contentsAtOpen().leftOverBytes()).isEqualTo(80);
            assertThat(sequences(map.positions())).isEqualTo(Map.of("b-c-1", 7L));
        }
    }

    @Test
    void d19_twoNodesOfOneHostUseTheSameFile_rejectsTheSecond() {
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            map.applied("s", StreamPosition.at(1));
            assertThatThrownBy(() -> FileSequenceMap.open(file))
                    .isInstanceOf(SequenceMapInUseException.class)
                    .hasMessageContaining("give each node a file of its own");
        }
        assertThat(sequences(FileSequenceMap.read(file).positions())).isEqualTo(Map.of("s", 1L));
    }

    @ParameterizedTest
    @CsvSource({
        "0x00000000000000000000, zeros",
        "f6, null",
        "a1616120, negative",
        "a16161fb3ff8000000000000, float",
        "a161616131, text",
        "a16161, missing last byte",
        "a1616118, cut number",
        "a161611bffffffffffffffff, more than 63 bits",
        "a2616101616102, a name twice",
        "a16001, a stream without a name",
        "a10101, a number for a name",
        "83010203, an array",
        "53514c69746520666f726d6174203300, a database"
    })
    void d18_damagedOrForeignFile_isRejectedWithAdviceAndUnchanged(String hex, String what) throws IOException {
        byte[] bytes = HexFormat.of().parseHex(hex.replace("0x", ""));
        Files.write(file, bytes);
        assertRejected(what);
        assertThat(file).hasBinaryContent(bytes);
    }

    private void assertRejected(String what) {
        for (Map.Entry<String, Runnable> call : calls().entrySet()) {
            assertThatThrownBy(call.getValue()::run)
                    .as(call.getKey() + " " + what)
                    .isInstanceOf(CorruptSequenceMapException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("put back a copy of the map, or move it away and recover");
        }
    }

    private Map<String, Runnable> calls() {
        Map<String, Runnable> calls = new LinkedHashMap<>();
        calls.put("open", () -> FileSequenceMap.open(file).close());
        calls.put("adopt", () -> FileSequenceMap.adopt(file).close());
        calls.put("read", () -> FileSequenceMap.read(file));
        return calls;
    }

    @Test
    void d18_emptyCborMap_isAMapOfHarmonyLite() throws IOException {
        Files.write(file, new byte[] {(byte) 0xa0});
        assertThatThrownBy(() -> FileSequenceMap.open(file)).isInstanceOf(SnapshotConfigurationException.class);
        FileSequenceMap.adopt(file).close();
        assertThat(FileSequenceMap.read(file).origin()).isEqualTo(Origin.OURS);
    }

    @Test
    void d18_hugeFile_isRejectedWithoutReadingIt() throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[1]), 65L << 20);
        }
        assertRejected("65 MiB");
    }

    private byte[] writeMap() throws IOException {
        try (FileSequenceMap map =
                FileSequenceMap.builder(file).durability(Durability.MANUAL).open()) {
            for (String stream : new String[] {"orders-1", "orders-2", "orders-3"}) {
                map.skipped(stream, new SequenceRange(1, 22));
                map.applied(stream, new StreamPosition(23, CREATED.plusSeconds(9), CREATED));
                map.published(stream, StreamPosition.at(70_000));
            }
        }
        return Files.readAllBytes(file);
    }

    private static int firstItem() throws IOException {
        return HarmonyLiteFiles.encode(Map.of("orders-1", 23L, "orders-2", 23L, "orders-3", 23L)).length;
    }

    @Test
    void open_truncatedAtAnyLength_isRejected() throws IOException {
        byte[] complete = writeMap();
        int plain = firstItem();
        for (int length = 1; length < complete.length; length++) {
            Files.write(file, Arrays.copyOf(complete, length));
            if (length == plain) {
                assertThatThrownBy(() -> FileSequenceMap.open(file))
                        .isInstanceOf(SnapshotConfigurationException.class)
                        .hasMessageContaining("adopt");
            } else {
                assertThatThrownBy(() -> FileSequenceMap.open(file))
                        .as("cut to %d of %d", length, complete.length)
                        .isInstanceOf(SnapshotException.class)
                        .hasMessageMatching("(?s).*(adopt|put back).*");
            }
            assertThat(file).hasBinaryContent(Arrays.copyOf(complete, length));
        }
    }

    @Test
    void adopt_truncatedAtAnyLength_neverChangesAPosition() throws IOException {
        byte[] complete = writeMap();
        Map<String, Long> right = Map.of("orders-1", 23L, "orders-2", 23L, "orders-3", 23L);
        int plain = firstItem();
        for (int length = 1; length < complete.length; length += length < plain ? 1 : 13) {
            Files.write(file, Arrays.copyOf(complete, length));
            if (length < plain) {
                assertThatThrownBy(() -> FileSequenceMap.adopt(file)).isInstanceOf(CorruptSequenceMapException.class);
            } else {
                try (FileSequenceMap map = FileSequenceMap.adopt(file)) {
                    assertThat(sequences(map.positions())).isEqualTo(right);
                }
            }
        }
    }

    @Test
    void open_randomBitOfEachByteFlipped_isRejected() throws IOException {
        long seed = Long.getLong("snapshot.seed", System.nanoTime());
        System.err.println("HarmonyLiteMapTest: -Dsnapshot.seed=" + seed);
        Random random = new Random(seed);
        byte[] complete = writeMap();
        for (int at = 0; at < complete.length; at++) {
            assertBitFlipIsRejected(complete, 8 * at + random.nextInt(8));
        }
    }

    @Test
    @Tag("slow")
    void open_anyBitFlipped_isRejected() throws IOException {
        byte[] complete = writeMap();
        for (int bit = 0; bit < 8 * complete.length; bit++) {
            assertBitFlipIsRejected(complete, bit);
        }
    }

    private void assertBitFlipIsRejected(byte[] complete, int bit) throws IOException {
        byte[] flipped = complete.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        Files.write(file, flipped);
        assertThatThrownBy(() -> FileSequenceMap.open(file))
                .as("bit %d", bit)
                .isInstanceOf(SnapshotException.class)
                .hasMessageMatching("(?s).*(adopt|put back).*");
    }

    @Test
    void open_zerosFromAnyByteOn_isRejected() throws IOException {
        byte[] complete = writeMap();
        for (int from = 0; from < complete.length - 1; from++) {
            byte[] zeroed = complete.clone();
            Arrays.fill(zeroed, from, zeroed.length, (byte) 0);
            Files.write(file, zeroed);
            assertThatThrownBy(() -> FileSequenceMap.open(file)).isInstanceOf(SnapshotException.class);
        }
    }

    @Test
    void open_trailingBytes_isRejected() throws IOException {
        byte[] complete = writeMap();
        Files.write(file, Arrays.copyOf(complete, complete.length + 1));
        assertThatThrownBy(() -> FileSequenceMap.open(file)).isInstanceOf(CorruptSequenceMapException.class);
    }

    @ParameterizedTest
    @CsvSource({"shorter, 1", "equal, 3"})
    void adopt_mapThatIsNotCountedOn_reportsIt(String how, int streams) throws IOException {
        writeMap();
        TreeMap<String, Long> rewritten = new TreeMap<>();
        for (int i = 1; i <= streams; i++) {
            rewritten.put("orders-" + i, 20L + i);
        }
        if (how.equals("equal")) {
            rewritten.replaceAll((stream, sequence) -> sequence == 23 ? 22L : sequence);
        }
        byte[] map = HarmonyLiteFiles.encode(rewritten);
        assertThat(Integer.compare(map.length, firstItem())).isEqualTo(how.equals("shorter") ? -1 : 0);
        HarmonyLiteFiles.rewriteInPlace(file, map);
        assertThatThrownBy(() -> FileSequenceMap.open(file))
                .isInstanceOf(CorruptSequenceMapException.class)
                .hasMessageContaining("HarmonyLite has rewritten it")
                .hasMessageContaining("adopt");
        assertThatThrownBy(() -> FileSequenceMap.read(file)).isInstanceOf(CorruptSequenceMapException.class);
        try (FileSequenceMap adopted = FileSequenceMap.adopt(file)) {
            assertThat(adopted.contentsAtOpen().origin()).isEqualTo(Origin.REWRITTEN);
            assertThat(adopted.positions().byStream().keySet()).isEqualTo(rewritten.keySet());
            rewritten.forEach((stream, sequence) -> assertThat(
                            adopted.positions().of(stream).orElseThrow().sequence())
                    .isEqualTo(sequence));
        }
        FileSequenceMap.open(file).close();
    }

    /** HarmonyLite rewrites in place; what it overwrites is padding, also if the map becomes longer. */
    @ParameterizedTest
    @ValueSource(longs = {24, 70_000, 5_000_000_000L})
    void adopt_mapThatHarmonyLiteHasCountedOn_keepsWhatIsKnown(long sequence) throws IOException {
        writeMap();
        TreeMap<String, Long> now =
                new TreeMap<>(Map.of("orders-1", sequence, "orders-2", 23L, "orders-3", 23L, "orders-4", 7L));
        HarmonyLiteFiles.rewriteInPlace(file, HarmonyLiteFiles.encode(now));
        SequenceMapContents contents = FileSequenceMap.read(file);
        assertThat(contents.origin()).isEqualTo(Origin.HARMONYLITE);
        assertThat(contents.positions().of("orders-4")).contains(StreamPosition.at(7));
        assertThatThrownBy(() -> FileSequenceMap.open(file))
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("adopt");
        try (FileSequenceMap adopted = FileSequenceMap.adopt(file)) {
            assertThat(adopted.positions().of("orders-1")).contains(new StreamPosition(sequence, null, CREATED));
            assertThat(adopted.positions().of("orders-2"))
                    .contains(new StreamPosition(23, CREATED.plusSeconds(9), CREATED));
        }
        FileSequenceMap.open(file).close();
    }

    @Test
    void adopt_rewrittenInEqualLength_keepsTheIdentityOfStreams() throws IOException {
        writeMap();
        HarmonyLiteFiles.rewriteInPlace(
                file,
                HarmonyLiteFiles.encode(new TreeMap<>(Map.of("orders-1", 22L, "orders-2", 23L, "orders-3", 23L))));
        try (FileSequenceMap adopted = FileSequenceMap.adopt(file)) {
            assertThat(adopted.positions().of("orders-1")).contains(new StreamPosition(22, null, CREATED));
            assertThat(adopted.positions().of("orders-2"))
                    .contains(new StreamPosition(23, CREATED.plusSeconds(9), CREATED));
        }
    }

    @Test
    void open_mapOverwrittenByALongerOneOfHarmonyLite_isRejected() throws IOException {
        int length = writeMap().length;
        TreeMap<String, Long> many = new TreeMap<>();
        put(many, "a-stream-with-a-long-name-", new long[length / 27 + 1]);
        HarmonyLiteFiles.rewriteInPlace(file, HarmonyLiteFiles.encode(many));
        assertThatThrownBy(() -> FileSequenceMap.open(file)).isInstanceOf(SnapshotConfigurationException.class);
    }

    @Test
    void open_newerFormat_isRejectedAsUnsupported() throws Exception {
        byte[] complete = writeMap();
        byte[] key = "format".getBytes(StandardCharsets.US_ASCII);
        int at = new String(complete, StandardCharsets.ISO_8859_1).indexOf("format") + key.length;
        assertThat(complete[at]).isEqualTo((byte) 1);
        complete[at] = 2;
        int second = firstItem() + 1024;
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        sha.update(complete, second, complete.length - 32 - second);
        System.arraycopy(sha.digest(), 0, complete, complete.length - 32, 32);
        Files.write(file, complete);
        for (Runnable call : calls().values()) {
            assertThatThrownBy(call::run)
                    .isInstanceOf(UnsupportedFormatException.class)
                    .hasMessageContaining("upgrade");
        }
    }

    /** HarmonyLite overwrites in place, so a crash leaves a mixture. This library never writes to the old file. */
    @Test
    void d17_powerCutDuringAWriteOfManyStreams_leavesOldOrNewPositions() throws IOException {
        Map<String, Long> before = new TreeMap<>();
        for (int i = 100; i < 400; i++) {
            before.put("a-stream-with-a-rather-long-name-" + i, 1L);
        }
        Files.write(file, HarmonyLiteFiles.encode(before));
        FileSequenceMap.adopt(file).close();
        assertThat(Files.size(file)).as("many sectors").isGreaterThan(8 * 512);
        for (int operation = 0; operation < 5; operation++) {
            crashDuring(operation, before);
        }
    }

    private void crashDuring(int operation, Map<String, Long> before) throws IOException {
        byte[] old = Files.readAllBytes(file);
        int[] from = {Integer.MAX_VALUE};
        HookedFileOperations files = new HookedFileOperations((number, what) -> {
            if (number >= from[0]) {
                throw new IOException("power cut at " + what);
            }
        });
        try (FileSequenceMap map = FileSequenceMap.builder(file)
                .durability(Durability.MANUAL)
                .files(files)
                .open()) {
            before.keySet().forEach(stream -> map.applied(stream, StreamPosition.at(2)));
            from[0] = files.log().size() + operation;
            assertThatThrownBy(map::flush).isInstanceOf(SnapshotException.class);
            Map<String, Long> found = sequences(FileSequenceMap.read(file).positions());
            Map<String, Long> after = new TreeMap<>(before);
            after.replaceAll((stream, sequence) -> 2L);
            assertThat(found).isIn(before, after);
            from[0] = Integer.MAX_VALUE;
        }
        Files.write(file, old);
    }
}
