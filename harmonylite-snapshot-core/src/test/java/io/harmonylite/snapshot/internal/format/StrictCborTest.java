package io.harmonylite.snapshot.internal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrictCborTest {

    private static StrictCbor of(byte[] bytes) {
        return new StrictCbor(bytes);
    }

    private static StrictCbor hex(String hex) {
        return of(HexFormat.of().parseHex(hex));
    }

    private static void assertMalformed(Reading reading) {
        assertThatThrownBy(reading::run).isInstanceOf(MalformedException.class);
    }

    private interface Reading {
        void run() throws MalformedException;
    }

    @Property(tries = 300)
    void read_encoded_isEqual(@ForAll long number, @ForAll("texts") String text, @ForAll byte[] bytes)
            throws MalformedException {
        assertThat(of(RawCbor.encode(number)).integer()).isEqualTo(number);
        assertThat(of(RawCbor.encode(text)).text()).isEqualTo(text);
        assertThat(of(RawCbor.encode(bytes)).bytes()).isEqualTo(bytes);
        assertThat(of(RawCbor.head(StrictCbor.UNSIGNED, number)).unsigned()).isEqualTo(number);
    }

    @Provide
    Arbitrary<String> texts() {
        return MadeUp.texts();
    }

    @Property(tries = 300)
    void skip_anyItem_endsBehindIt(@ForAll("items") Object item) throws MalformedException {
        StrictCbor in = of(RawCbor.encode(List.of(item, 7)));
        assertThat(in.head(4)).isEqualTo(2);
        in.skip();
        assertThat(in.integer()).isEqualTo(7);
        in.end();
    }

    @Provide
    Arbitrary<Object> items() {
        Arbitrary<Object> leaves = Arbitraries.oneOf(
                Arbitraries.longs().asGeneric(),
                MadeUp.texts().ofMaxLength(20).asGeneric(),
                Arbitraries.bytes().array(byte[].class).ofMaxSize(20).asGeneric(),
                Arbitraries.of(true, false).asGeneric());
        return Arbitraries.recursive(() -> leaves, StrictCborTest::around, 0, 3);
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
    void float16_keepsSignAndValue(String bits, double value) throws Exception {
        assertThat(Double.doubleToLongBits(hex(bits).float16())).isEqualTo(Double.doubleToLongBits(value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "18", "19ff", "1affffff", "1bffffffffffffff"})
    void unsigned_cutOff_isMalformed(String bytes) {
        assertMalformed(() -> hex(bytes).unsigned());
        assertMalformed(() -> hex(bytes).skip());
    }

    @Test
    void anyValue_cutOff_isMalformed() {
        assertMalformed(() -> hex("").peek());
        assertMalformed(() -> hex("").simple());
        assertMalformed(() -> hex("00").float16());
        assertMalformed(() -> hex("000000").float32());
        assertMalformed(() -> hex("00000000000000").float64());
        assertMalformed(() -> hex("4200").bytes());
        assertMalformed(() -> hex("6261").text());
    }

    @Test
    void integer_beyond64BitsWithSign_isMalformed() {
        assertMalformed(() -> hex("1b8000000000000000").integer());
        assertMalformed(() -> hex("3b8000000000000000").integer());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a2000000", "b82000", "bb80000000000000010000", "bbffffffffffffffff0000"})
    void map_ofMorePairsThanBytes_isMalformed(String bytes) {
        assertMalformed(() -> hex(bytes).map());
        assertMalformed(() -> hex(bytes).skip());
    }

    @ParameterizedTest
    @ValueSource(strings = {"820000", "a100820000", "a10001", "a200010203", "c100", "f6", "f97c00"})
    void skip_wholeItem_endsBehindIt(String bytes) throws Exception {
        StrictCbor in = hex(bytes);
        in.skip();
        in.end();
    }

    @ParameterizedTest
    @ValueSource(strings = {"8200", "9bffffffffffffffff", "9b800000000000000000", "a2000102", "c1", "f97c", "5f", "1c"})
    void skip_itemCutOff_isMalformed(String bytes) {
        assertMalformed(() -> hex(bytes).skip());
    }

    @ParameterizedTest
    @ValueSource(strings = {"81", "a100", "c1"})
    void skip_nestedSixteenDeep_isReadAndOneMoreIsNot(String around) throws Exception {
        StrictCbor deepest = hex(around.repeat(16) + "00");
        deepest.skip();
        deepest.end();
        assertMalformed(() -> hex(around.repeat(17) + "00").skip());
    }

    @Test
    void end_bytesLeft_isMalformed() {
        assertMalformed(() -> hex("00").end());
    }
}
