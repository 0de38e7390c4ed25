package io.harmonylite.snapshot.internal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.StreamPosition;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class PositionsCodecTest {

    private static final byte[] BYTES = PositionsCodec.encode(SampleSnapshot.POSITIONS);

    @Property(tries = 300)
    void decode_encoded_isEqual(@ForAll("positions") Positions positions) throws MalformedException {
        assertThat(PositionsCodec.decode(PositionsCodec.encode(positions))).isEqualTo(positions);
    }

    @Provide
    Arbitrary<Positions> positions() {
        return MadeUp.positions();
    }

    @Test
    void decode_truncatedOrExtended_isMalformed() {
        for (int length = 0; length <= BYTES.length + 1; length++) {
            if (length != BYTES.length) {
                byte[] other = Arrays.copyOf(BYTES, length);
                assertThatThrownBy(() -> PositionsCodec.decode(other)).isInstanceOf(MalformedException.class);
            }
        }
    }

    @Test
    void decode_anyBitFlipped_isMalformedOrDecoded() {
        // Positions alone have no digest; their container has one. Decoding returns positions or fails.
        for (int bit = 0; bit < 8 * BYTES.length; bit++) {
            byte[] flipped = BYTES.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                assertThat(PositionsCodec.decode(flipped)).as("bit %s", bit).isNotNull();
            } catch (MalformedException e) {
                assertThat(e).as("bit %s", bit).hasMessageMatching("(?s).+");
            }
        }
    }

    @Test
    void decode_duplicateStream_isMalformed() {
        byte[] twice = RawCbor.encode(
                new LinkedHashMap<>(Map.of("s", Map.of("sequence", 1), new RawCbor.Twice("s"), Map.of("sequence", 2))));
        assertThatThrownBy(() -> PositionsCodec.decode(twice)).isInstanceOf(MalformedException.class);
    }

    @Test
    void decode_unknownKey_isIgnored() throws Exception {
        byte[] more = RawCbor.encode(Map.of("s", Map.of("sequence", 7, "later", List.of(1, Map.of("sequence", 9)))));
        assertThat(PositionsCodec.decode(more)).isEqualTo(Positions.of("s", StreamPosition.at(7)));
    }

    @Test
    void positionsOf_invalidText_isRejected() {
        assertThatThrownBy(() -> Positions.of("half \ud800", StreamPosition.at(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("stream name");
    }
}
