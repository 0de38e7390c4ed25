package io.harmonylite.snapshot.internal.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.SnapshotId;
import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackNameTest {

    @Property(tries = 300)
    void parse_toStringOfAnyName_isEqual(
            @ForAll @LongRange(max = 4_000_000_000L) long second,
            @ForAll @AlphaChars @StringLength(min = 1, max = 32) String node,
            @ForAll long random,
            @ForAll @IntRange(max = PackName.MAX_PACKS - 1) int number) {
        PackName name = new PackName(SnapshotId.of(Instant.ofEpochSecond(second), node, random), number);
        assertThat(PackName.parse(name.toString())).contains(name);
    }

    @Property(tries = 1_000)
    void parse_anyText_isEmptyOrRoundTrips(@ForAll String text) {
        PackName.parse(text).ifPresent(name -> assertThat(name).hasToString(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "000000",
                "-000000",
                "20261124T093000123Z-node_1-0123456789abcdef",
                "20261124T093000123Z-node_1-0123456789abcdef-00000",
                "20261124T093000123Z-node_1-0123456789abcdef-0000000",
                "20261124T093000123Z-node_1-0123456789ABCDEF-000000",
                "20261124T093000123Z-node-1-0123456789abcdef-000000",
                "20261324T093000123Z-node_1-0123456789abcdef-000000",
                "20261124T093000123Z-node_1-0123456789abcdef-000000\n",
                "../20261124T093000123Z-node_1-0123456789abcdef-000000",
                "20261124T093000123Z-node_1-0123456789abcdef-٠٠٠٠٠٠"
            })
    void parse_invalidForm_isEmpty(String text) {
        assertThat(PackName.parse(text)).isEmpty();
    }
}
