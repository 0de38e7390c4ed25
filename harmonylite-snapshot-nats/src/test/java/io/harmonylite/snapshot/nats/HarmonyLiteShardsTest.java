package io.harmonylite.snapshot.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HarmonyLiteShardsTest {

    @Test
    void streams_defaults_matchHarmonyLite() {
        assertThat(HarmonyLiteShards.of(1).streams()).containsExactly("harmonylite-changes-c-1");
        assertThat(HarmonyLiteShards.of(3).streams())
                .containsExactly("harmonylite-changes-c-1", "harmonylite-changes-c-2", "harmonylite-changes-c-3");
    }

    @Test
    void streams_uncompressedWithPrefix_omitCompressionMark() {
        assertThat(HarmonyLiteShards.of(2).withPrefix("orders").uncompressed().streams())
                .containsExactly("orders-1", "orders-2");
        assertThat(HarmonyLiteShards.of(1).uncompressed().withPrefix("orders").streams())
                .containsExactly("orders-1");
    }

    @Test
    void of_invalidCountOrPrefix_isRejected() {
        assertThatThrownBy(() -> HarmonyLiteShards.of(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> HarmonyLiteShards.of(1).withPrefix("a.b"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
