package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private static Progress after(long seconds, long done, long all) {
        return new Progress(Stage.FETCH, done, all, Duration.ofSeconds(seconds));
    }

    @Test
    void rateAndRemaining_partlyDone_followTheAverage() {
        Progress progress = after(4, 1_000, 3_500);
        assertThat(progress.bytesPerSecond()).isEqualTo(250);
        assertThat(progress.remaining()).contains(Duration.ofSeconds(10));
        assertThat(progress.share()).isEqualTo(1_000 / 3_500.0);
    }

    @Test
    void remaining_nothingDoneOrNoTimePassed_isUnknown() {
        assertThat(after(4, 0, 100).remaining()).isEmpty();
        assertThat(after(0, 50, 100).remaining()).isEmpty();
        assertThat(after(0, 50, 100).bytesPerSecond()).isZero();
    }

    @Test
    void remaining_allDoneOrMore_isZero() {
        assertThat(after(1, 100, 100).remaining()).contains(Duration.ZERO);
        assertThat(after(1, 120, 100).remaining()).contains(Duration.ZERO);
        assertThat(after(1, 120, 100).share()).isEqualTo(1);
        assertThat(after(1, 0, 0).share()).isEqualTo(1);
    }

    @Test
    void constructor_negativeNumbers_areRejected() {
        assertThatIllegalArgumentException().isThrownBy(() -> after(1, -1, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> after(1, 1, -2));
        assertThatIllegalArgumentException().isThrownBy(() -> after(-1, 1, 2));
    }
}
