package io.harmonylite.snapshot.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.harmonylite.snapshot.internal.concurrent.FakeThrottles.FakePause;
import java.io.InterruptedIOException;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ThrottleTest {

    private static final long SECOND = 1_000_000_000;

    @Test
    void passed_steadily_keepsRate() throws Exception {
        FakePause pause = new FakePause();
        long start = pause.nanoTime();
        Throttle throttle = new Throttle(new ByteRate(1000), pause);
        for (int piece = 0; piece < 50; piece++) {
            throttle.passed(100);
        }
        assertThat(pause.nanoTime() - start).isEqualTo(5 * SECOND);
    }

    @Test
    void passed_afterPause_doesNotBurst() throws Exception {
        FakePause pause = new FakePause();
        Throttle throttle = new Throttle(new ByteRate(1000), pause);
        throttle.passed(1000);
        pause.sleep(100 * SECOND);
        long start = pause.nanoTime();
        throttle.passed(1000);
        assertThat(pause.nanoTime() - start).isEqualTo(SECOND);
    }

    @Test
    void take_concurrent_waitsForEarlierBytes() {
        ByteRate rate = new ByteRate(1000);
        assertThat(rate.take(1000, 0)).isEqualTo(SECOND);
        assertThat(rate.take(500, 0)).isEqualTo(SECOND + SECOND / 2);
        assertThat(rate.take(500, SECOND)).isEqualTo(SECOND);
    }

    @Test
    void passed_interrupted_endsAtOnceAndKeepsInterruptFlag() {
        Throttle throttle = Throttle.of(1);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> throttle.passed(1_000_000)).isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void of_zeroRate_isRejected() {
        assertThatThrownBy(() -> Throttle.of(0)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Pieces never pass faster than the rate since the first one, and continuous pieces not slower. */
    @Property(tries = 300)
    void take_anyPieces_neverExceedsRate(
            @ForAll @LongRange(min = 1, max = 1L << 40) long bytesPerSecond,
            @ForAll @Size(min = 1, max = 30) List<@IntRange(min = 1, max = 1 << 20) Integer> pieces) {
        ByteRate rate = new ByteRate(bytesPerSecond);
        long now = 0;
        long passed = 0;
        for (int piece : pieces) {
            now += rate.take(piece, now);
            passed += piece;
            assertThat((double) now).isCloseTo(passed * 1e9 / bytesPerSecond, within((double) pieces.size()));
        }
    }
}
