package io.harmonylite.snapshot.internal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.internal.format.SequenceMapData.History;
import io.harmonylite.snapshot.internal.format.SequenceMapFile.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class SequenceMapCodecTest {

    private static final Instant TIME = Instant.parse("2026-11-25T08:00:00.000000001Z");
    private static final Instant CREATED = Instant.parse("2026-01-02T03:04:05.123456789Z");
    private static final StreamProgress KNOWN =
            new StreamProgress(23, TIME, CREATED, List.of(new AheadRange(70, 71, null)));
    private static final Binding BINDING = new Binding("binding-1", 7);
    private static final SequenceMapData MAP =
            new SequenceMapData(Map.of("orders-1", KNOWN, "orders-2", KNOWN), "restore-1", BINDING, History.OWN);

    @Property(tries = 300)
    void decode_encoded_isOursAndEqual(@ForAll("maps") SequenceMapData map) throws MalformedException {
        assertThat(SequenceMapCodec.decode(SequenceMapCodec.encode(map)))
                .isEqualTo(new SequenceMapFile(Kind.OURS, map, 0));
    }

    @Provide
    Arbitrary<SequenceMapData> maps() {
        Arbitrary<Map<String, StreamProgress>> streams =
                Arbitraries.maps(MadeUp.streams(), streamProgress()).ofMaxSize(12);
        return Combinators.combine(
                        streams,
                        MadeUp.texts().ofMaxLength(64).injectNull(0.3),
                        bindings().injectNull(0.3),
                        Arbitraries.of(History.class))
                .as(SequenceMapData::new);
    }

    private static Arbitrary<Binding> bindings() {
        return Combinators.combine(
                        MadeUp.texts().ofMaxLength(64), Arbitraries.longs().between(0, Long.MAX_VALUE))
                .as(Binding::new);
    }

    private static Arbitrary<StreamProgress> streamProgress() {
        return Combinators.combine(
                        Arbitraries.longs().between(0, Long.MAX_VALUE / 2),
                        MadeUp.instants().injectNull(0.3),
                        MadeUp.instants().injectNull(0.3),
                        steps().list().ofMaxSize(5))
                .as((sequence, time, created, steps) ->
                        new StreamProgress(sequence, time, created, ahead(sequence, steps)));
    }

    private static byte[] plain(Map<String, Long> sequences) {
        return RawCbor.encode(new TreeMap<>(sequences));
    }

    private static StreamProgress at(long sequence) {
        return new StreamProgress(sequence, null, null, List.of());
    }

    private static SequenceMapData adopted(Map<String, StreamProgress> streams) {
        return new SequenceMapData(streams, null, null, History.ADOPTED);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] secondOf(byte[] map) throws MalformedException {
        return Arrays.copyOfRange(map, CborReader.itemLength(map, 0, map.length), map.length);
    }

    /** Seals a second item as the codec does. */
    private static byte[] sealed(Map<String, Object> second) {
        byte[] map = RawCbor.encode(second);
        System.arraycopy(Digest.of(map, 0, map.length - 32).bytes(), 0, map, map.length - 32, 32);
        return map;
    }

    private static Map<String, Object> second(byte[] first) {
        Map<String, Object> second = new LinkedHashMap<>();
        second.put("format", 1);
        second.put("streams", Map.of("s", Map.of("sequence", 5)));
        second.put("first", Digest.of(first).bytes());
        second.put("magic", "harmonylite-snapshot.sequence-map");
        second.put("self", new byte[32]);
        return second;
    }

    @Test
    void decode_plainMap_countsTrailingBytes() throws Exception {
        byte[] plain = plain(Map.of("a", 7L, "b", 0L));
        SequenceMapData data = adopted(Map.of("a", at(7), "b", at(0)));
        assertThat(SequenceMapCodec.decode(plain)).isEqualTo(new SequenceMapFile(Kind.PLAIN, data, 0));
        assertThat(SequenceMapCodec.decode(joined(plain, new byte[200])))
                .isEqualTo(new SequenceMapFile(Kind.PLAIN, data, 200));
    }

    @Test
    void decode_plainMapAndMagic_isRewritten() throws Exception {
        byte[] magic = "harmonylite-snapshot.sequence-map".getBytes(StandardCharsets.US_ASCII);
        for (byte[] rest : List.of(magic, joined(new byte[3], magic), joined(magic, new byte[40]))) {
            assertThat(SequenceMapCodec.decode(joined(plain(Map.of("a", 7L)), rest)))
                    .isEqualTo(new SequenceMapFile(Kind.REWRITTEN, adopted(Map.of("a", at(7))), rest.length));
        }
    }

    @Test
    void decode_harmonyLiteHasCountedOn_keepsValidState() throws Exception {
        byte[] complete = SequenceMapCodec.encode(MAP);
        byte[] first = plain(Map.of("orders-1", 23L, "orders-2", 70_000L, "orders-3", 1L));
        byte[] rewritten = complete.clone();
        System.arraycopy(first, 0, rewritten, 0, first.length);
        SequenceMapData expected = new SequenceMapData(
                Map.of(
                        "orders-1", new StreamProgress(23, TIME, CREATED, List.of()),
                        "orders-2", new StreamProgress(70_000, null, CREATED, List.of()),
                        "orders-3", at(1)),
                "restore-1",
                BINDING,
                History.ADOPTED);
        assertThat(SequenceMapCodec.decode(rewritten)).isEqualTo(new SequenceMapFile(Kind.CONTINUED, expected, 0));
    }

    /** HarmonyLite removes no stream and lowers no sequence. */
    @Test
    void decode_firstItemLowerThanTheSecond_isRewritten() throws Exception {
        byte[] second = secondOf(SequenceMapCodec.encode(MAP));
        for (Map<String, Long> lower : List.of(
                Map.of("orders-1", 22L, "orders-2", 70_000L), Map.of("orders-1", 23L), Map.of("orders-2", 70_000L))) {
            assertThat(SequenceMapCodec.decode(joined(plain(lower), second)).kind())
                    .isEqualTo(Kind.REWRITTEN);
        }
    }

    @Test
    void decode_secondItemWithOtherSequences_isRewritten() throws Exception {
        byte[] first = plain(Map.of("s", 6L));
        byte[] second = sealed(second(first));
        assertThat(SequenceMapCodec.decode(joined(first, second)))
                .isEqualTo(new SequenceMapFile(Kind.REWRITTEN, adopted(Map.of("s", at(6))), second.length));
    }

    @Test
    void decode_unknownKeysInSecondItem_areIgnored() throws Exception {
        byte[] first = plain(Map.of("s", 5L));
        Map<String, Object> more = new LinkedHashMap<>();
        more.put("later", Map.of("format", 9));
        more.putAll(second(first));
        more.put("streams", Map.of("s", Map.of("sequence", 5, "later", List.of(Map.of("sequence", 9)))));
        assertThat(SequenceMapCodec.decode(joined(first, sealed(more))))
                .isEqualTo(new SequenceMapFile(
                        Kind.OURS, new SequenceMapData(Map.of("s", at(5)), null, null, History.OWN), 0));
    }

    @Test
    void decode_newerFormat_isNewer() throws Exception {
        byte[] first = plain(Map.of("s", 5L));
        Map<String, Object> newer = second(first);
        newer.put("format", 2);
        newer.put("streams", "elsewhere");
        assertThat(SequenceMapCodec.decode(joined(first, sealed(newer))).kind()).isEqualTo(Kind.NEWER);
    }

    @Test
    void decode_invalidSecondItem_isRewritten() throws Exception {
        byte[] first = plain(Map.of("s", 5L));
        for (Object streams : List.of(
                7,
                Map.of("", Map.of()),
                Map.of("s", Map.of("sequence", -1)),
                Map.of("s", Map.of("ahead", List.of(Map.of("first", 0, "last", 0)))),
                Map.of("s", Map.of("sequence", 5, "ahead", List.of(Map.of("first", 6, "last", 6)))))) {
            Map<String, Object> second = second(first);
            second.put("streams", streams);
            assertThat(SequenceMapCodec.decode(joined(first, sealed(second))).kind())
                    .as("%s", streams)
                    .isEqualTo(Kind.REWRITTEN);
        }
        for (Object format : Arrays.asList(0, null)) {
            Map<String, Object> second = second(first);
            second.put("format", format);
            assertThat(SequenceMapCodec.decode(joined(first, sealed(second))).kind())
                    .isEqualTo(Kind.REWRITTEN);
        }
        Map<String, Object> without = second(first);
        without.remove("format");
        assertThat(SequenceMapCodec.decode(joined(first, sealed(without))).kind())
                .isEqualTo(Kind.REWRITTEN);
    }

    @Test
    void decode_streamNameOfInvalidText_isMalformed() {
        byte[] half = {(byte) 0xa1, 0x63, (byte) 0xed, (byte) 0xa0, (byte) 0x80, 1};
        assertThatThrownBy(() -> SequenceMapCodec.decode(half)).isInstanceOf(MalformedException.class);
    }

    /** Returns the distance of a range from the previous one, and its length, as a range. */
    private static Arbitrary<AheadRange> steps() {
        return Combinators.combine(
                        Arbitraries.longs().between(2, 1L << 55),
                        Arbitraries.longs().between(0, 1L << 55),
                        MadeUp.instants().injectNull(0.3))
                .as((hole, length, time) -> new AheadRange(hole, hole + length, time));
    }

    private static List<AheadRange> ahead(long sequence, List<AheadRange> steps) {
        List<AheadRange> ahead = new ArrayList<>();
        long end = Math.max(sequence, 0);
        for (AheadRange step : steps) {
            ahead.add(new AheadRange(end + step.first(), end + step.last(), step.timestamp()));
            end += step.last();
        }
        return ahead;
    }
}
