package io.harmonylite.snapshot.harmonylite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.luben.zstd.Zstd;
import io.harmonylite.snapshot.exception.ChangeRejectedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChangeMessageTest {

    private static final String STREAM = "harmonylite-changes-1";
    private static final String COMPRESSED = "harmonylite-changes-c-1";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd HH:mm:ss'+00:00'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    @ParameterizedTest
    @ValueSource(strings = {"one-shard", "three-shards-compressed", "three-shards-uncompressed", "tricky", "types"})
    void decode_harmonyLiteMessages_matchRecordedContent(String set) throws Exception {
        JsonNode expected = new ObjectMapper().readTree(Fixtures.bytes(set + "/messages/decoded.json"));
        assertThat(expected).isNotEmpty();
        for (Map.Entry<String, JsonNode> file : expected.properties()) {
            String stream = file.getValue().get("stream").textValue();
            byte[] payload = Fixtures.bytes(set + "/messages/" + file.getKey());
            ChangeMessage message =
                    ChangeMessage.decode(stream, file.getValue().get("seq").longValue(), payload);
            compare(message, file.getValue().get("decoded"));
        }
    }

    private static void compare(ChangeMessage message, JsonNode expected) throws IOException {
        JsonNode payload = expected.get("Payload");
        assertThat(message.node()).isEqualTo(expected.get("FromNodeId").longValue());
        assertThat(message.id()).isEqualTo(payload.get("Id").longValue());
        assertThat(message.type().name())
                .isEqualToIgnoringCase(payload.get("Type").textValue());
        assertThat(message.table()).isEqualTo(payload.get("TableName").textValue());
        assertThat(message.schemaHash().orElse(null))
                .isEqualTo(payload.path("sh").textValue());
        Map<String, @Nullable Object> row = new TreeMap<>();
        for (Map.Entry<String, JsonNode> column : payload.get("Row").properties()) {
            row.put(column.getKey(), value(column.getValue()));
        }
        assertThat(message.row()).usingRecursiveComparison().isEqualTo(row);
    }

    private static @Nullable Object value(JsonNode json) {
        if (json.isObject() && json.has("$hex")) {
            return HexFormat.of().parseHex(json.get("$hex").textValue());
        }
        if (json.isObject()) {
            JsonNode seconds = json.get("value").get("1");
            return seconds.isNull() ? null : TIME.format(Instant.ofEpochSecond(seconds.longValue()));
        }
        if (json.isNull()) {
            return null;
        }
        return switch (json.getNodeType()) {
            case BOOLEAN -> json.booleanValue() ? 1L : 0L;
            case STRING -> json.textValue();
            default -> json.isIntegralNumber() ? (Object) json.longValue() : (Object) json.doubleValue();
        };
    }

    /** HarmonyLite rewrites dates, times and booleans; the message names the columns concerned (fault N4). */
    @Test
    void n04_datesTimesAndBooleans_areNamedAsRewritten() throws Exception {
        byte[] payload = Fixtures.bytes("types/messages/harmonylite-changes-c-1-2.bin");
        ChangeMessage message = ChangeMessage.decode(COMPRESSED, 2, payload);
        assertThat(message.rewritten()).containsExactly("b", "da", "dt", "ts");
        assertThat(message.row())
                .containsEntry("b", 1L) // the application wrote 2
                .containsEntry("da", null) // it wrote 'not a date'
                .containsEntry("ts", "2023-11-14 22:13:20+00:00"); // it wrote 1700000000123
    }

    @ParameterizedTest
    @CsvSource({"-62135596801, 0000-12-31 23:59:59+00:00", "253402300800, 10000-01-01 00:00:00+00:00"})
    void decode_extremeTimes_areFormattedAsHarmonyLiteDoes(long seconds, String text) {
        String number = seconds < 0
                ? "3b" + String.format(Locale.ROOT, "%016x", -1 - seconds)
                : "1b" + String.format(Locale.ROOT, "%016x", seconds);
        ChangeMessage message = ChangeMessage.decode(STREAM, 1, plain("a1 61 74 d820 a1 01" + number));
        assertThat(message.row()).containsEntry("t", text);
    }

    @ParameterizedTest
    @CsvSource({
        "f93c00, 1.0",
        "f9fbff, -65504.0",
        "f90001, 5.960464477539063e-8",
        "fa47c35000, 100000.0",
        "f97c00, Infinity"
    })
    void decode_shortFloats_keepTheirValue(String encoded, double value) {
        assertThat(ChangeMessage.decode(STREAM, 1, plain("a1 61 74" + encoded)).row())
                .containsEntry("t", value);
    }

    @Test
    void decode_nodeIdOf64Bits_isKept() {
        byte[] message = hex("a2" + key("FromNodeId") + "1bffffffffffffffff" + key("Payload") + payload("a0"));
        assertThat(ChangeMessage.decode(STREAM, 1, message).node()).isEqualTo(-1);
    }

    @Test
    void decode_unknownKeys_areIgnored() {
        String more = key("more") + "a1 01 82 f5 c1 fa00000000";
        byte[] message = hex("a3" + more + key("FromNodeId") + "01" + key("Payload") + payload("a0"));
        assertThat(ChangeMessage.decode(STREAM, 1, message).table()).isEqualTo("t");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a1 61 74 62 c328 | UTF-8",
                "a1 61 74 61 e9 | UTF-8",
                "a1 61 74 63 eda080 | not UTF-8",
                "a1 61 74 5f 41 00 ff | indefinite",
                "a1 61 74 81 01 | a list or a map",
                "a1 61 74 d821 01 | unknown tag: 33",
                "a1 61 74 d820 a1 02 01 | expected the key 1",
                "a1 61 74 d820 a1 01 f5 | no number",
                "a1 61 74 d820 a1 01 1b7fffffffffffffff | outside the supported range",
                "a1 61 74 1bffffffffffffffff | 64 bits",
                "a1 61 74 3bffffffffffffffff | 64 bits",
                "a1 61 74 f8ff | unknown simple value",
                "a2 61 74 01 61 74 02 | Duplicate field 't'",
                "a1 61 74 5b7fffffffffffffff | Illegal length",
                "a1 61 74 5bffffffffffffffff | Illegal length",
                "bb7fffffffffffffff | Illegal length",
                "bb4000000000000001 | Illegal length",
                "a1 61 74 | too early",
            })
    void n05_damagedRow_isRejectedWithStreamAndSequence(String row, String why) {
        assertThatThrownBy(() -> ChangeMessage.decode(STREAM, 77, plain(row)))
                .isInstanceOfSatisfying(ChangeRejectedException.class, e -> {
                    assertThat(e.stream()).isEqualTo(STREAM);
                    assertThat(e.sequence()).isEqualTo(77);
                })
                .hasMessageContainingAll("message 77", STREAM, why);
    }

    /** Such a message stops every HarmonyLite node at each start (fault N5). */
    @Test
    void n05_plainPayloadInCompressedStream_isRejected() throws Exception {
        byte[] plain = Fixtures.bytes("three-shards-uncompressed/messages/harmonylite-changes-1-1.bin");
        assertThatThrownBy(() -> ChangeMessage.decode(COMPRESSED, 9, plain))
                .isInstanceOf(ChangeRejectedException.class)
                .hasMessageContainingAll("message 9", COMPRESSED, "plain payload");
        assertThat(ChangeMessage.decode(COMPRESSED, 9, plain, PayloadEncoding.PLAIN)
                        .table())
                .isEqualTo("Artist");
    }

    @Test
    void decode_compressedPayloadInPlainStream_isRejected() throws Exception {
        byte[] compressed = Fixtures.bytes("types/messages/harmonylite-changes-c-1-1.bin");
        assertThatThrownBy(() -> ChangeMessage.decode(STREAM, 9, compressed))
                .isInstanceOf(ChangeRejectedException.class);
    }

    @Test
    void decode_frameAboveLimit_isRejected() {
        byte[] bomb = Zstd.compress(new byte[(64 << 20) + 1]);
        assertThatThrownBy(() -> ChangeMessage.decode(COMPRESSED, 9, bomb))
                .isInstanceOf(ChangeRejectedException.class)
                .hasMessageContaining("more than 67108864 bytes");
    }

    /** Every prefix is rejected, and every message with a flipped bit is decoded or rejected. */
    @Test
    void decode_damagedMessages_areRejectedOrDecoded() throws Exception {
        for (String name : new String[] {
            "types/messages/harmonylite-changes-c-1-3.bin",
            "three-shards-uncompressed/messages/harmonylite-changes-1-49.bin"
        }) {
            byte[] message = Fixtures.bytes(name);
            String stream = name.contains("-c-") ? COMPRESSED : STREAM;
            for (int length = 0; length < message.length; length++) {
                byte[] prefix = Arrays.copyOf(message, length);
                assertThatThrownBy(() -> ChangeMessage.decode(stream, 1, prefix))
                        .isInstanceOf(ChangeRejectedException.class);
            }
            long seed = new Random().nextLong();
            Random random = new Random(seed);
            for (int round = 0; round < 2000; round++) {
                byte[] damaged = message.clone();
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
                assertDecodedOrRejected(stream, damaged, seed);
            }
        }
    }

    private static void assertDecodedOrRejected(String stream, byte[] damaged, long seed) {
        try {
            assertThat(ChangeMessage.decode(stream, 1, damaged).toString()).isNotEmpty();
        } catch (ChangeRejectedException e) {
            assertThat(e).as("seed %s", seed).hasMessageContaining(stream);
        }
    }

    /** Returns an uncompressed message with a row in hex. */
    private static byte[] plain(String row) {
        return hex("a2" + key("FromNodeId") + "01" + key("Payload") + payload(row));
    }

    private static String payload(String row) {
        return "a4" + key("Id") + "01" + key("Type") + key("insert") + key("TableName") + key("t") + key("Row") + row;
    }

    private static String key(String text) {
        return String.format(Locale.ROOT, "%02x", 0x60 + text.length())
                + HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }
}
