package io.harmonylite.snapshot.internal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CborReaderTest {

    private static final long MOST = 4 << 20;

    /** A map with one unknown key and a value that is longer than it is. */
    private static byte[] claiming(int major, long length) {
        byte[] head = RawCbor.head(major, length);
        byte[] map = Arrays.copyOf(new byte[] {(byte) 0xa1, 0x61, 'x'}, 3 + head.length + 20);
        System.arraycopy(head, 0, map, 3, head.length);
        return map;
    }

    @ParameterizedTest
    @ValueSource(
            longs = {21, 1 << 16, 249_999, 250_001, Integer.MAX_VALUE - 8, Integer.MAX_VALUE, 1L << 31, 1L << 40, -1})
    void anyItem_saysItIsLongerThanItIs_isMalformedAndNothingIsAllocated(long length) throws Throwable {
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

    /** Overlong; cut off; not continued; half of a pair; in a form for what is beyond Unicode; in pieces. */
    @ParameterizedTest
    @ValueSource(
            strings = {"62c141", "63c3a9c3", "62c341", "63eda080", "63f0ce8c", "64f0ce8cf9", "64f4908080", "7f6161ff"})
    void text_notUtf8_isMalformedAsKeyAndAsValue(String item) throws Exception {
        byte[] text = HexFormat.of().parseHex(item);
        byte[] key = joined("a1", text, "01");
        byte[] value = joined("a16178", text, "");
        assertThatThrownBy(() -> readKey(key)).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> readText(value)).isInstanceOf(MalformedException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a", "é", "€", "\uD83D\uDE00", "mixed é € \uD83D\uDE00 and longer than twenty-three bytes"})
    void text_utf8_isReadAsKeyAndAsValue(String text) throws Exception {
        assertThat(readKey(RawCbor.encode(Map.of(text, 1)))).isEqualTo(text);
        assertThat(readText(RawCbor.encode(Map.of("x", text)))).isEqualTo(text);
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        byte[] longest = joined(HexFormat.of().formatHex(RawCbor.head(3, utf8.length)), utf8, "");
        assertThat(readText(joined("a16178", longest, ""))).isEqualTo(text);
    }

    private static byte[] joined(String before, byte[] bytes, String behind) {
        return HexFormat.of().parseHex(before + HexFormat.of().formatHex(bytes) + behind);
    }

    private static @Nullable String readKey(byte[] map) throws MalformedException {
        try (CborReader in = CborReader.of(map, 0, map.length)) {
            in.beginMap();
            return in.nextKey();
        }
    }

    @Test
    void text_longestAllowed_isReadAndOneMoreIsNot() throws Exception {
        assertThat(readText(RawCbor.encode(Map.of("x", "ü".repeat(1024))))).hasSize(1024);
        byte[] longer = RawCbor.encode(Map.of("x", "ü".repeat(1025)));
        assertThatThrownBy(() -> readText(longer)).isInstanceOf(MalformedException.class);
    }

    @Test
    void text_notUtf8_isMalformed() {
        byte[] map = {(byte) 0xa1, 0x61, 'x', 0x62, (byte) 0xff, (byte) 0xfe};
        assertThatThrownBy(() -> readText(map)).isInstanceOf(MalformedException.class);
    }

    @Test
    void unsigned_outsideItsBounds_isMalformed() throws Exception {
        byte[] seven = RawCbor.encode(Map.of("x", 7));
        try (CborReader in = CborReader.of(seven, 0, seven.length)) {
            in.beginMap();
            in.nextKey();
            assertThatThrownBy(() -> in.unsigned(6)).isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void anyCall_randomBytes_isMalformedOrAnItem() {
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
}
