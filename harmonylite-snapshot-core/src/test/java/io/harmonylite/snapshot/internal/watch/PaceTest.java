package io.harmonylite.snapshot.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.watch.DutyStatus;
import io.harmonylite.snapshot.watch.WatchDuty;
import io.harmonylite.snapshot.watch.WatchOutcome;
import io.harmonylite.snapshot.watch.WatchReport;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaceTest {

    private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(30), Duration.ofMinutes(10));

    private static DutyStatus after(int failures) {
        DutyStatus status = DutyStatus.IDLE;
        for (int failure = 0; failure < failures; failure++) {
            status = DutyTransition.ended(status, report(WatchResult.failed(new IllegalStateException("no"))));
        }
        return status;
    }

    private static WatchReport report(WatchResult result) {
        return result.report(WatchDuty.TAKE, Instant.EPOCH, Duration.ZERO);
    }

    @ParameterizedTest
    @CsvSource({"1, 30", "2, 60", "3, 120", "4, 240", "5, 480", "6, 600", "7, 600", "1000000, 600"})
    void backoff_failures_doublesUpToMaximum(int failures, long seconds) {
        assertThat(BACKOFF.after(failures)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void next_withoutJitter_isPeriodOrBackoff() {
        Pace pace = new Pace(Duration.ofMinutes(1), BACKOFF, 0);
        assertThat(pace.first(new Random(1))).contains(Duration.ZERO);
        assertThat(pace.next(after(0), new Random(1))).contains(Duration.ofMinutes(1));
        assertThat(pace.next(after(3), new Random(1))).contains(Duration.ofMinutes(2));
        assertThat(pace.next(
                        DutyTransition.ended(after(3), report(WatchResult.of(WatchOutcome.NOT_DUE))), new Random(1)))
                .contains(Duration.ofMinutes(1));
    }

    @Test
    void next_busyAfterFailures_keepsBackoff() {
        Pace pace = new Pace(Duration.ofMinutes(1), BACKOFF, 0);
        DutyStatus busy = DutyTransition.ended(after(4), report(WatchResult.of(WatchOutcome.BUSY)));
        assertThat(pace.next(busy, new Random(1))).contains(Duration.ofMinutes(4));
    }

    @Test
    void next_withoutPeriod_retriesOnlyFailures() {
        Pace pace = new Pace(null, BACKOFF, 0);
        assertThat(pace.first(new Random(1))).isEmpty();
        assertThat(pace.next(after(0), new Random(1))).isEmpty();
        assertThat(pace.next(after(1), new Random(1))).contains(Duration.ofSeconds(30));
    }

    @Property
    void next_anyJitter_staysWithinItsShare(
            @ForAll Random random, @ForAll @IntRange(max = 99) int percent, @ForAll @IntRange(max = 20) int failures) {
        Pace pace = new Pace(Duration.ofMinutes(1), BACKOFF, percent / 100.0);
        double plain = new Pace(Duration.ofMinutes(1), BACKOFF, 0)
                .next(after(failures), random)
                .orElseThrow()
                .toMillis();
        double wait = pace.next(after(failures), random).orElseThrow().toMillis();
        assertThat(wait).isBetween(plain * (100 - percent) / 100 - 1, plain * (100 + percent) / 100 + 1);
        assertThat(pace.first(random).orElseThrow().toMillis()).isBetween(0L, 600L * percent);
    }
}
