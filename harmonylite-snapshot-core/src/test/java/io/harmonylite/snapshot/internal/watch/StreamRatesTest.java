package io.harmonylite.snapshot.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.stream.StreamRetention;
import io.harmonylite.snapshot.stream.StreamState;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StreamRatesTest {

    private static final Instant CREATED = Instant.parse("2026-11-01T00:00:00Z");

    private static Map<String, StreamState> at(long last) {
        return at(last, CREATED);
    }

    private static Map<String, StreamState> at(long last, Instant created) {
        return Map.of("a", new StreamState(1, last, last, last, created, StreamRetention.unlimited()));
    }

    private static Instant second(long seconds) {
        return CREATED.plusSeconds(seconds);
    }

    @Test
    void of_seenOnce_isZero() {
        assertThat(StreamRates.unknown().of("a")).isZero();
        assertThat(StreamRates.unknown().seen(at(100), second(0)).of("a")).isZero();
    }

    @Test
    void of_seenTwice_isMessagesPerSecond() {
        StreamRates rates = StreamRates.unknown().seen(at(100), second(0)).seen(at(400), second(60));
        assertThat(rates.of("a")).isEqualTo(5);
        assertThat(rates.of("b")).isZero();
    }

    @Test
    void of_pauseAfterBurst_halvesEachTime() {
        StreamRates rates = StreamRates.unknown()
                .seen(at(0), second(0))
                .seen(at(800), second(1))
                .seen(at(800), second(2));
        assertThat(rates.of("a")).isEqualTo(400);
        assertThat(rates.seen(at(800), second(3)).of("a")).isEqualTo(200);
        assertThat(rates.seen(at(1800), second(3)).of("a")).isEqualTo(1000);
    }

    @Test
    void of_streamRecreatedOrRolledBack_restartsAtZero() {
        StreamRates rates = StreamRates.unknown().seen(at(0), second(0)).seen(at(800), second(1));
        assertThat(rates.seen(at(900, second(1)), second(2)).of("a")).isZero();
        assertThat(rates.seen(at(700), second(2)).of("a")).isZero();
    }

    @Test
    void of_clockSetBack_keepsRate() {
        StreamRates rates = StreamRates.unknown().seen(at(0), second(0)).seen(at(800), second(100));
        assertThat(rates.seen(at(900), second(50)).of("a")).isEqualTo(8);
        assertThat(rates.seen(at(900), second(50)).seen(at(1600), second(200)).of("a"))
                .isEqualTo(8);
    }
}
