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
    void rateAndRemaining_someDone_areThoseOfTheAverage() {
        Progress progress = after(4, 1_000, 3_500);
        assertThat(progress.bytesPerSecond()).isEqualTo(250);
        assertThat(progress.remaining()).contains(Duration.ofSeconds(10));
        assertThat(progress.share()).isEqualTo(1_000 / 3_500.0);
    }

    @Test
    void remaining_nothingDoneOrNoTimePassed_isNotKnown() {
        assertThat(after(4, 0, 100).remaining()).isEmpty();
        assertThat(after(0, 50, 100).remaining()).isEmpty();
        assertThat(after(0, 50, 100).bytesPerSecond()).isZero();
    }

    @Test
    void remaining_allDoneOrMore_isNothing() {
        assertThat(after(1, 100, 100).remaining()).contains(Duration.ZERO);
        assertThat(after(1, 120, 100).remaining()).contains(Duration.ZERO);
        assertThat(after(1, 120, 100).share()).isEqualTo(1);
        assertThat(after(1, 0, 0).share()).isEqualTo(1);
    }

    @Test
    void constructor_numbersThatCannotBe_areRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> after(1, -1, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> after(1, 1, -2));
        assertThatIllegalArgumentException().isThrownBy(() -> after(-1, 1, 2));
    }
}
