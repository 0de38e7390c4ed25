package io.harmonylite.snapshot.internal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CborReaderTest {

    private static final long MOST = 4 << 20;

    /** Returns a map with one unknown key, whose value claims to be longer than it is. */
    private static byte[] claiming(int major, long length) {
        byte[] head = RawCbor.head(major, length);
        byte[] map = Arrays.copyOf(new byte[] {(byte) 0xa1, 0x61, 'x'}, 3 + head.length + 20);
        System.arraycopy(head, 0, map, 3, head.length);
        return map;
    }

    @ParameterizedTest
    @ValueSource(
            longs = {21, 1 << 16, 249_999, 250_001, Integer.MAX_VALUE - 8, Integer.MAX_VALUE, 1L << 31, 1L << 40, -1})
    void anyItem_claimsTooLargeLength_isMalformedWithoutAllocation(long length) throws Throwable {
        for (int major = 2; major <= 5; major++) {
            byte[] map = claiming(major, length);
            Allocation.assertAtMost(
                    MOST,
                    () -> assertThatThrownBy(() -> CborReader.itemLength(map, 0, map.length))
                            .isInstanceOf(MalformedException.class));
            Allocation.assertAtMost(
                    MOST, () -> assertThatThrownBy(() -> readBytes(map)).isInstanceOf(MalformedException.class));
            Allocation.assertAtMost(
                    MOST, () -> assertThatThrownBy(() -> readText(map)).isInstanceOf(MalformedException.class));
        }
    }

    private static byte[] readBytes(byte[] map) throws MalformedException {
        try (CborReader in = CborReader.of(map, 0, map.length)) {
            in.beginMap();
            in.nextKey();
            return in.bytes();
        }
    }

    private static String readText(byte[] map) throws MalformedException {
        try (CborReader in = CborReader.of(map, 0, map.length)) {
            in.beginMap();
            in.nextKey();
            return in.text();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 1_000, 1_000_000})
    void item_nestedTooDeep_isMalformed(int depth) {
        for (byte opening : new byte[] {(byte) 0x81, (byte) 0x9f}) {
            byte[] map = new byte[3 + depth];
            Arrays.fill(map, opening);
            System.arraycopy(new byte[] {(byte) 0xa1, 0x61, 'x'}, 0, map, 0, 3);
            assertThatThrownBy(() -> CborReader.itemLength(map, 0, map.length)).isInstanceOf(MalformedException.class);
        }
    }

    /**
     * In order: overlong; truncated; without continuation; half of a surrogate pair; beyond Unicode; in pieces; bytes
     * that UTF-8 never contains.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "62c141",
                "63c3a9c3",
                "62c341",
                "63eda080",
                "63f0ce8c",
                "64f0ce8cf9",
                "64f4908080",
                "7f6161ff",
                "62fffe"
            })
    void text_invalidUtf8_isMalformedAsKeyAndValue(String item) throws Exception {
        byte[] text = HexFormat.of().parseHex(item);
        byte[] key = joined("a1", text, "01");
        byte[] value = joined("a16178", text, "");
        assertThatThrownBy(() -> readKey(key)).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> readText(value)).isInstanceOf(MalformedException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a1416101", "a10101", "a1f501"})
    void key_noText_isMalformed(String map) {
        assertThatThrownBy(() -> readKey(HexFormat.of().parseHex(map))).isInstanceOf(MalformedException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a", "é", "€", "\uD83D\uDE00", "mixed é € \uD83D\uDE00 and longer than twenty-three bytes"})
    void text_validUtf8_isReadAsKeyAndValue(String text) throws Exception {
        assertThat(readKey(RawCbor.encode(Map.of(text, 1)))).isEqualTo(text);
        assertThat(readText(RawCbor.encode(Map.of("x", text)))).isEqualTo(text);
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        byte[] longest = joined(HexFormat.of().formatHex(RawCbor.head(3, utf8.length)), utf8, "");
        assertThat(readText(joined("a16178", longest, ""))).isEqualTo(text);
    }

    private static byte[] joined(String before, byte[] bytes, String after) {
        return HexFormat.of().parseHex(before + HexFormat.of().formatHex(bytes) + after);
    }

    private static @Nullable String readKey(byte[] map) throws MalformedException {
        try (CborReader in = CborReader.of(map, 0, map.length)) {
            in.beginMap();
            return in.nextKey();
        }
    }

    @Test
    void text_longestAllowed_isReadAndLongerIsMalformed() throws Exception {
        assertThat(readText(RawCbor.encode(Map.of("x", "ü".repeat(1024))))).hasSize(1024);
        byte[] longer = RawCbor.encode(Map.of("x", "ü".repeat(1025)));
        assertThatThrownBy(() -> readText(longer)).isInstanceOf(MalformedException.class);
    }

    @Test
    void unsigned_aboveMaximum_isMalformed() throws Exception {
        byte[] seven = RawCbor.encode(Map.of("x", 7));
        try (CborReader in = CborReader.of(seven, 0, seven.length)) {
            in.beginMap();
            in.nextKey();
            assertThatThrownBy(() -> in.unsigned(6)).isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void itemLength_randomBytes_isMalformedOrWithinBounds() {
        int items = 0;
        for (int seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            if (bytes.length > 0 && random.nextBoolean()) {
                bytes[0] = (byte) (0xa0 + random.nextInt(3));
            }
            try {
                assertThat(CborReader.itemLength(bytes, 0, bytes.length))
                        .as("seed %s", seed)
                        .isBetween(1, bytes.length);
                items++;
            } catch (MalformedException e) {
                assertThat(e).as("seed %s", seed).hasMessageMatching("(?s).+");
            }
        }
        assertThat(items).isPositive();
    }

    private static CborReader strict(String hex) throws MalformedException {
        return CborReader.strict(HexFormat.of().parseHex(hex));
    }

    private static void assertMalformed(Reading reading) {
        assertThatThrownBy(reading::run).isInstanceOf(MalformedException.class);
    }

    private interface Reading {
        void run() throws MalformedException;
    }

    @Property(tries = 300)
    void strict_encoded_isEqual(@ForAll long number, @ForAll("texts") String text, @ForAll byte[] bytes)
            throws MalformedException {
        assertThat(CborReader.strict(RawCbor.encode(number)).signed()).isEqualTo(number);
        assertThat(CborReader.strict(RawCbor.encode(text)).text()).isEqualTo(text);
        assertThat(CborReader.strict(RawCbor.encode(bytes)).bytes()).isEqualTo(bytes);
        assertThat(CborReader.strict(RawCbor.head(0, number)).unsigned64()).isEqualTo(number);
    }

    @Provide
    Arbitrary<String> texts() {
        return MadeUp.texts();
    }

    @Property(tries = 300)
    void skip_anyItem_endsAfterIt(@ForAll("items") Object item) throws MalformedException {
        CborReader in = CborReader.strict(RawCbor.encode(List.of(item, 7)));
        in.beginArray();
        in.skip();
        assertThat(in.signed()).isEqualTo(7);
        in.end();
    }

    @Provide
    Arbitrary<Object> items() {
        Arbitrary<Object> leaves = Arbitraries.oneOf(
                Arbitraries.longs().asGeneric(),
                MadeUp.texts().ofMaxLength(20).asGeneric(),
                Arbitraries.bytes().array(byte[].class).ofMaxSize(20).asGeneric(),
                Arbitraries.of(true, false).asGeneric());
        return Arbitraries.recursive(() -> leaves, CborReaderTest::around, 0, 3);
    }

    private static Arbitrary<Object> around(Arbitrary<Object> inner) {
        return Arbitraries.oneOf(
                inner.list().ofMaxSize(4).asGeneric(),
                Arbitraries.maps(MadeUp.texts().ofMaxLength(5), inner)
                        .ofMaxSize(4)
                        .asGeneric());
    }

    @ParameterizedTest
    @CsvSource({"0000, 0.0", "8000, -0.0", "3e00, 1.5", "be00, -1.5", "fc00, -Infinity", "7e00, NaN"})
    void currentFloat_16Bits_keepsSignAndValue(String bits, double value) throws Exception {
        CborReader in = strict("f9" + bits);
        in.nextValue(-1);
        assertThat(Double.doubleToLongBits(in.currentFloat())).isEqualTo(Double.doubleToLongBits(value));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "18", "19ff", "1affffff", "1bffffffffffffff", "f9", "f97c", "fa000000", "fb00000000000000"})
    void anyNumber_cutOff_isMalformed(String bytes) {
        assertMalformed(() -> strict(bytes).nextValue(-1));
        assertMalformed(() -> skipped(bytes));
    }

    @Test
    void signed_beyond64BitsWithSign_isMalformed() {
        for (String number : List.of("1b8000000000000000", "3b8000000000000000", "c249010000000000000000")) {
            assertMalformed(() -> strict(number).signed());
        }
        assertMalformed(() -> strict("20").unsigned64());
    }

    /** A map with one unknown key, read to its end. */
    private static void skipped(String item) throws MalformedException {
        CborReader in = strict("a16178" + item);
        in.beginMap();
        in.nextKey();
        in.skip();
        in.endMap();
        in.end();
    }

    @ParameterizedTest
    @ValueSource(strings = {"820000", "a100820000", "a10001", "a200010203", "c100", "f6", "f97c00"})
    void skip_wholeItem_endsAfterIt(String item) throws Exception {
        skipped(item);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "8200",
                "9bffffffffffffffff",
                "9b800000000000000000",
                "a2000102",
                "c1",
                "f97c",
                "5f",
                "1c",
                "4200",
                "6261",
                "a2000000",
                "b82000",
                "bb80000000000000010000",
                "bbffffffffffffffff0000"
            })
    void skip_itemCutOff_isMalformed(String item) {
        assertMalformed(() -> skipped(item));
    }

    /** In pieces, or with a length of 2^31 and more, which Jackson reads as in pieces. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "5f4100ff",
                "7f6161ff",
                "9f00ff",
                "bf616101ff",
                "5affffffff4100ff",
                "7affffffff6161ff",
                "9affffffff00ff",
                "baffffffff616101ff"
            })
    void strict_indefiniteLength_isMalformed(String item) {
        assertMalformed(() -> readValue(item));
    }

    /** Tags, also those that Jackson understands, and simple values. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "c11a00000000",
                "c24101",
                "c34101",
                "c4820001",
                "d8206161",
                "d82080",
                "c1d820a0",
                "d820c1a0",
                "d81900",
                "d9010080",
                "f8ff",
                "f820",
                "e0"
            })
    void strict_unknownTagOrSimpleValue_isMalformed(String item) {
        assertMalformed(() -> readValue(item));
    }

    private static void readValue(String item) throws MalformedException {
        CborReader in = strict(item);
        switch (in.nextValue(32)) {
            case VALUE_EMBEDDED_OBJECT -> in.currentBytes();
            case VALUE_STRING -> in.currentText();
            default -> {}
        }
    }

    @Test
    void nextValue_taggedMap_isReadWithNumericKey() throws Exception {
        CborReader in = strict("d820a10107");
        in.nextValue(32);
        assertThat(in.isTagged()).isTrue();
        in.numericKey(1);
        assertThat(in.signed()).isEqualTo(7);
        in.endMap();
        in.end();
        for (String other : List.of("d820a10207", "d820a1613107", "d820a0")) {
            CborReader wrong = strict(other);
            wrong.nextValue(32);
            assertMalformed(() -> wrong.numericKey(1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"81", "a100"})
    void skip_nestedSixteenDeep_isReadAndOneMoreIsNot(String around) throws Exception {
        skipped(around.repeat(15) + "00");
        assertMalformed(() -> skipped(around.repeat(16) + "00"));
    }

    @Test
    void end_bytesLeft_isMalformed() {
        assertMalformed(() -> strict("00").end());
    }
}
