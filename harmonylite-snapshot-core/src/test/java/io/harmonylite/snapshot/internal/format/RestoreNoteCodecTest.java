package io.harmonylite.snapshot.internal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.exception.UnsupportedFormatException;
import io.harmonylite.snapshot.internal.format.RestoreNoteCodec.RestoreNote;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class RestoreNoteCodecTest {

    private static final RestoreNote NOTE =
            new RestoreNote("0123456789abcdef", "orders.db.harmonylite-scratch-1/staged.db", "wal");
    private static final byte[] BYTES = RestoreNoteCodec.encode(NOTE);

    private static byte[] sealed(byte[] map) {
        byte[] all = Arrays.copyOf(map, map.length + Digest.LENGTH);
        System.arraycopy(Digest.of(map).bytes(), 0, all, map.length, Digest.LENGTH);
        return all;
    }

    private static Map<Object, Object> fields() {
        Map<Object, Object> fields = new LinkedHashMap<>();
        fields.put("format", 1);
        fields.put("restore", NOTE.restoreId());
        fields.put("staged", NOTE.staged());
        fields.put("journalMode", NOTE.journalMode());
        return fields;
    }

    private static void assertMalformed(byte[] bytes) {
        assertThatThrownBy(() -> RestoreNoteCodec.decode(bytes)).isInstanceOf(MalformedException.class);
    }

    @Test
    void decode_encoded_isEqual() throws Exception {
        assertThat(RestoreNoteCodec.decode(BYTES)).isEqualTo(NOTE);
        assertThat(sealed(RawCbor.encode(fields()))).isEqualTo(BYTES);
    }

    @Property(tries = 300)
    void decode_anyNoteEncoded_isEqual(@ForAll("notes") RestoreNote note) throws MalformedException {
        assertThat(RestoreNoteCodec.decode(RestoreNoteCodec.encode(note))).isEqualTo(note);
    }

    @Provide
    Arbitrary<RestoreNote> notes() {
        Arbitrary<String> texts = MadeUp.texts().ofMaxLength(1024);
        return Combinators.combine(texts, texts, texts).as(RestoreNote::new);
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
    void decode_unknownKey_isIgnored() throws Exception {
        Map<Object, Object> fields = fields();
        fields.put("later", Map.of("staged", "x"));
        assertThat(RestoreNoteCodec.decode(sealed(RawCbor.encode(fields)))).isEqualTo(NOTE);
    }

    @Test
    void decode_missingOrDuplicateKey_isMalformed() {
        for (Object key : fields().keySet()) {
            Map<Object, Object> without = fields();
            without.remove(key);
            assertMalformed(sealed(RawCbor.encode(without)));
            Map<Object, Object> twice = fields();
            twice.put(new RawCbor.Twice((String) key), fields().get(key));
            assertMalformed(sealed(RawCbor.encode(twice)));
        }
    }

    @Test
    void decode_newerFormat_isUnsupportedAndNotMalformed() {
        Map<Object, Object> newer = fields();
        newer.put("format", 2);
        assertThatThrownBy(() -> RestoreNoteCodec.decode(sealed(RawCbor.encode(newer))))
                .isInstanceOf(UnsupportedFormatException.class);
    }

    @Test
    void decode_trailingBytes_isMalformed() {
        byte[] map = RawCbor.encode(fields());
        assertMalformed(sealed(Arrays.copyOf(map, map.length + 1)));
    }
}
