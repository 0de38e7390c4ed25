package io.harmonylite.snapshot.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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

    /** Time that passes while somebody sleeps, and not otherwise. */
    private static final class FakePause implements Throttle.Pause {

        private long now = Long.MAX_VALUE - SECOND; // Monotonic clocks may pass the end of the numbers.

        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public void sleep(long nanos) throws InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException("fake");
            }
            now += nanos;
        }
    }

    @Test
    void passed_steadily_takesAsLongAsTheRateSays() throws Exception {
        FakePause pause = new FakePause();
        long start = pause.now;
        Throttle throttle = new Throttle(new ByteRate(1000), pause);
        for (int piece = 0; piece < 50; piece++) {
            throttle.passed(100);
        }
        assertThat(pause.now - start).isEqualTo(5 * SECOND);
    }

    @Test
    void passed_afterAPause_savesNothingUp() throws Exception {
        FakePause pause = new FakePause();
        Throttle throttle = new Throttle(new ByteRate(1000), pause);
        throttle.passed(1000);
        pause.now += 100 * SECOND;
        long start = pause.now;
        throttle.passed(1000);
        assertThat(pause.now - start).isEqualTo(SECOND);
    }

    @Test
    void take_bySeveralAtOnce_eachWaitsForThoseBefore() {
        ByteRate rate = new ByteRate(1000);
        assertThat(rate.take(1000, 0)).isEqualTo(SECOND);
        assertThat(rate.take(500, 0)).isEqualTo(SECOND + SECOND / 2);
        assertThat(rate.take(500, SECOND)).isEqualTo(SECOND);
    }

    @Test
    void passed_interrupted_endsAtOnceAndKeepsTheInterrupt() {
        Throttle throttle = Throttle.of(1);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> throttle.passed(1_000_000)).isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void of_noRate_isRefused() {
        assertThatThrownBy(() -> Throttle.of(0)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Whatever is passed, and whenever: never more than the rate allows since the first, and no longer than that where busy. */
    @Property(tries = 300)
    void neverFasterThanTheRate(
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
