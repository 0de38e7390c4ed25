package io.harmonylite.snapshot.internal.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.harmonylite.snapshot.internal.format.DecodedChange.Moment;
import io.harmonylite.snapshot.internal.format.RawCbor.Raw;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/**
 * Encodes messages in the test, because the library only reads them. {@code ChangeMessageTest} covers damaged messages.
 */
class ChangeMessageCodecTest {

    @Property(tries = 300)
    void decode_encodedWithKeysInAnyOrder_isEqual(@ForAll("changes") DecodedChange change, @ForAll Random order)
            throws MalformedException {
        byte[] message = encode(change, order);
        assertThat(ChangeMessageCodec.decodePlain(message))
                .usingRecursiveComparison()
                .isEqualTo(change);
        assertThat(ChangeMessageCodec.decodeCompressed(Zstd.compress(message)))
                .usingRecursiveComparison()
                .isEqualTo(change);
    }

    @Provide
    Arbitrary<DecodedChange> changes() {
        Arbitrary<String> texts = MadeUp.texts().ofMaxLength(40);
        Arbitrary<TreeMap<String, @Nullable Object>> rows =
                Arbitraries.maps(texts, values()).ofMaxSize(12).map(TreeMap::new);
        return Combinators.combine(Arbitraries.longs(), Arbitraries.longs(), texts, texts, rows, texts.injectNull(0.3))
                .as(DecodedChange::new);
    }

    private static Arbitrary<@Nullable Object> values() {
        return Arbitraries.oneOf(
                        Arbitraries.longs().asGeneric(),
                        Arbitraries.doubles().asGeneric(),
                        Arbitraries.of(true, false).asGeneric(),
                        MadeUp.texts().ofMaxLength(300).asGeneric(),
                        Arbitraries.bytes().array(byte[].class).ofMaxSize(300).asGeneric(),
                        Arbitraries.longs().injectNull(0.2).map(Moment::new).asGeneric())
                .injectNull(0.1);
    }

    private static byte[] encode(DecodedChange change, Random order) {
        Map<Object, @Nullable Object> row = new LinkedHashMap<>();
        change.row().forEach((column, value) -> row.put(column, item(value)));
        Map<Object, @Nullable Object> payload = new LinkedHashMap<>();
        payload.put("Id", change.id());
        payload.put("Type", change.type());
        payload.put("TableName", change.table());
        payload.put("Row", shuffled(row, order));
        if (change.schemaHash() != null) {
            payload.put("sh", change.schemaHash());
        }
        Map<Object, @Nullable Object> message = new LinkedHashMap<>();
        message.put("FromNodeId", new Raw(RawCbor.head(0, change.node())));
        message.put("Payload", shuffled(payload, order));
        return RawCbor.encode(shuffled(message, order));
    }

    private static Map<Object, @Nullable Object> shuffled(Map<Object, @Nullable Object> map, Random order) {
        List<Map.Entry<Object, @Nullable Object>> entries = new ArrayList<>(map.entrySet());
        Collections.shuffle(entries, order);
        Map<Object, @Nullable Object> shuffled = new LinkedHashMap<>();
        entries.forEach(entry -> shuffled.put(entry.getKey(), entry.getValue()));
        return shuffled;
    }

    private static @Nullable Object item(@Nullable Object value) {
        if (value instanceof Double number) {
            return new Raw(
                    ByteBuffer.allocate(9).put((byte) 0xfb).putDouble(number).array());
        }
        if (value instanceof Moment moment) {
            byte[] map = RawCbor.encode(Collections.singletonMap(1, moment.epochSecond()));
            return new Raw(ByteBuffer.allocate(2 + map.length)
                    .put((byte) 0xd8)
                    .put((byte) 32)
                    .put(map)
                    .array());
        }
        return value;
    }
}
