package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.StreamPosition;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TextTest {

    @Test
    void age_twoLargestUnits_areShown() {
        assertThat(Text.age(Duration.parse("P3DT4H5M"))).isEqualTo("3d 4h");
        assertThat(Text.age(Duration.parse("P3DT5M"))).isEqualTo("3d");
        assertThat(Text.age(Duration.parse("PT6H"))).isEqualTo("6h");
        assertThat(Text.age(Duration.parse("PT1.5S"))).isEqualTo("1s 500ms");
        assertThat(Text.age(Duration.ZERO)).isEqualTo("0ms");
        assertThat(Text.ages("every PT6H or PT1M30S, of APT1H")).isEqualTo("every 6h or 1m 30s, of APT1H");
        Instant now = Instant.parse("2026-11-24T09:30:00Z");
        assertThat(Text.since(now.minusMillis(61_900), now)).isEqualTo("1m 1s");
        assertThat(Text.since(now.plusSeconds(5), now)).isEqualTo("0s");
    }

    @Test
    void bytes_anySize_usesASuitableUnit() {
        assertThat(List.of(0L, 1023L, 1024L, 1536L, (1L << 20) - 1, 1L << 20, 5L << 40, Long.MAX_VALUE))
                .map(Text::bytes)
                .containsExactly(
                        "0 bytes", "1023 bytes", "1.0 KiB", "1.5 KiB", "1.0 MiB", "1.0 MiB", "5.0 TiB", "8.0 EiB");
    }

    @Test
    void seconds_anyLocale_hasADecimalPoint() {
        assertThat(Text.seconds(Duration.ofMillis(1234))).isEqualTo("1.23 s");
    }

    @Test
    void positions_noneAndSome_areText() {
        assertThat(Text.positions(Positions.none())).isEqualTo("none");
        assertThat(Text.positions(Positions.of("b", StreamPosition.at(2)).with("a", StreamPosition.at(1))))
                .isEqualTo("a=1, b=2");
    }

    @Test
    void json_everyKindOfValue_isReadBack() {
        Map<String, Object> document = new TreeMap<>();
        document.put("list", Arrays.asList(1, 2L, 0.5, true, null, List.of(), Map.of()));
        document.put("text", "quote \" slash \\ line \n Zoë \uD83C\uDF70 \u0000");
        document.put("zeta", Duration.ofSeconds(1));
        String json = Json.text(document);
        assertThat(json).matches("[\\x20-\\x7e\\n]*").endsWith("}\n");
        assertThat(Tool.json(json).get("text").asText()).isEqualTo(document.get("text"));
        assertThat(Tool.json(json).get("list")).hasSize(7);
        assertThat(Tool.json(json).get("zeta").asText()).isEqualTo("PT1S");
    }
}
