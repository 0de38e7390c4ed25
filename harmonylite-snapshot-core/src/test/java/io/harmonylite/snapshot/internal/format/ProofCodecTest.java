package io.harmonylite.snapshot.internal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.exception.UnsupportedFormatException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class ProofCodecTest {

    private static final Instant AT = Instant.parse("2026-11-25T10:11:12.345Z");
    private static final ProofName NAME = new ProofName(SampleSnapshot.ID, AT);
    private static final Duration ELAPSED = Duration.ofMillis(4_321);
    private static final byte[] BYTES = ProofCodec.encode(NAME, ELAPSED);

    private static byte[] sealed(byte[] map) {
        byte[] all = Arrays.copyOf(map, map.length + Digest.LENGTH);
        System.arraycopy(Digest.of(map).bytes(), 0, all, map.length, Digest.LENGTH);
        return all;
    }

    private static Map<Object, Object> fields() {
        Map<Object, Object> fields = new LinkedHashMap<>();
        fields.put("format", 1);
        fields.put("snapshot", NAME.snapshot().toString());
        fields.put("at", AT.toEpochMilli());
        fields.put("elapsed", 4_321);
        return fields;
    }

    private static void assertMalformed(byte[] bytes) {
        assertThatThrownBy(() -> ProofCodec.decode(bytes, NAME)).isInstanceOf(MalformedException.class);
    }

    @Test
    void decode_encoded_isEqual() throws Exception {
        assertThat(ProofCodec.decode(BYTES, NAME)).isEqualTo(ELAPSED);
        assertThat(sealed(RawCbor.encode(fields()))).isEqualTo(BYTES);
        assertThat(BYTES.length).isLessThan(ProofCodec.MAX_BYTES / 2);
    }

    @Property(tries = 300)
    void decode_anyProofEncoded_isEqual(@ForAll("names") ProofName name, @ForAll @LongRange long millis)
            throws MalformedException {
        Duration elapsed = Duration.ofMillis(millis);
        assertThat(ProofCodec.decode(ProofCodec.encode(name, elapsed), name)).isEqualTo(elapsed);
    }

    @Property(tries = 300)
    void name_parsedFromToString_isEqual(@ForAll("names") ProofName name) {
        assertThat(ProofName.parse(name.toString())).contains(name);
    }

    @Provide
    Arbitrary<ProofName> names() {
        Arbitrary<Instant> instants =
                Arbitraries.longs().between(0, 4_000_000_000_000L).map(Instant::ofEpochMilli);
        return Combinators.combine(MadeUp.ids(), instants).as(ProofName::new);
    }

    @Test
    void decode_truncatedOrExtended_isMalformed() {
        for (int length = 0; length <= BYTES.length + 1; length++) {
            if (length != BYTES.length) {
                assertMalformed(Arrays.copyOf(BYTES, length));
            }
        }
    }

    @Test
    void decode_anyBitFlipped_isMalformed() {
        for (int bit = 0; bit < 8 * BYTES.length; bit++) {
            byte[] flipped = BYTES.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertMalformed(flipped);
        }
    }

    @Test
    void decode_missingDuplicateOrMistypedKey_isMalformed() {
        for (Object key : fields().keySet()) {
            Map<Object, Object> without = fields();
            without.remove(key);
            assertMalformed(sealed(RawCbor.encode(without)));
            Map<Object, Object> twice = fields();
            twice.put(new RawCbor.Twice((String) key), fields().get(key));
            assertMalformed(sealed(RawCbor.encode(twice)));
            Map<Object, Object> another = fields();
            another.put(key, Map.of());
            assertMalformed(sealed(RawCbor.encode(another)));
        }
    }

    @Test
    void decode_negativeDuration_isMalformed() {
        Map<Object, Object> fields = fields();
        fields.put("elapsed", -1);
        assertMalformed(sealed(RawCbor.encode(fields)));
    }

    @Test
    void decode_otherName_isMalformed() {
        for (ProofName other : new ProofName[] {
            new ProofName(NAME.snapshot(), AT.plusMillis(1)), new ProofName(SnapshotId.of(AT, "n", 1), AT)
        }) {
            assertThatThrownBy(() -> ProofCodec.decode(BYTES, other)).isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void decode_tooLong_isMalformed() {
        Map<Object, Object> fields = fields();
        fields.put("later", "x".repeat(1000));
        assertMalformed(sealed(RawCbor.encode(fields)));
    }

    @Test
    void decode_unknownKey_isIgnored() throws Exception {
        Map<Object, Object> fields = fields();
        fields.put("later", Map.of("elapsed", "x"));
        assertThat(ProofCodec.decode(sealed(RawCbor.encode(fields)), NAME)).isEqualTo(ELAPSED);
    }

    @Test
    void decode_newerFormat_isUnsupportedAndNotMalformed() {
        Map<Object, Object> newer = fields();
        newer.put("format", 2);
        assertThatThrownBy(() -> ProofCodec.decode(sealed(RawCbor.encode(newer)), NAME))
                .isInstanceOf(UnsupportedFormatException.class);
    }

    @Test
    void name_toString_hasDocumentedForm() {
        assertThat(NAME).hasToString(SampleSnapshot.ID + "-20261125T101112345Z");
        assertThat(ProofName.parse(NAME.toString())).contains(NAME);
        assertThat(new ProofName(NAME.snapshot(), AT.plusNanos(999))).isEqualTo(NAME);
    }

    @Test
    void name_invalidForm_isEmpty() {
        for (String text : new String[] {
            "",
            SampleSnapshot.ID.toString(),
            SampleSnapshot.ID + "-20261325T101112345Z",
            SampleSnapshot.ID + "-20261131T101112345Z",
            SampleSnapshot.ID + "-20261125T240000000Z",
            "x-20261125T101112345Z"
        }) {
            assertThat(ProofName.parse(text)).as(text).isEmpty();
        }
    }
}
