package io.harmonylite.snapshot.watch;

import static io.harmonylite.snapshot.watch.Observed.limited;
import static io.harmonylite.snapshot.watch.Observed.minute;
import static io.harmonylite.snapshot.watch.Observed.ofAge;
import static io.harmonylite.snapshot.watch.Observed.ofBytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.stream.StreamRetention;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeadroomTest {

    private static Headroom of(ObservedStream stream) {
        return stream.headroom(minute(0));
    }

    @ParameterizedTest
    @CsvSource({"200, 1.0", "175, 0.75", "100, 0.0", "101, 0.01", "99, 0.0", "0, 0.0"})
    void of_messageLimit_isTheShareLeft(long saved, double share) {
        assertThat(of(limited(StreamRetention.ofMessages(100), 101, 200, saved, 0))
                        .share())
                .isEqualTo(share);
    }

    @Test
    void of_streamNotFull_includesItsFreeCapacity() {
        assertThat(of(limited(StreamRetention.ofMessages(1000), 1, 100, 0, 0)).share())
                .isEqualTo(0.9);
    }

    @Test
    void of_byteLimit_usesTheAverageMessageSize() {
        // The snapshot lacks ten messages of 100 bytes, of 10,000 bytes.
        assertThat(of(limited(ofBytes(10_000), 101, 200, 190, 2)))
                .isEqualTo(new Headroom(0.9, Optional.of(Duration.ofSeconds(45))));
    }

    @Test
    void of_messageRate_returnsTheTimeLeft() {
        assertThat(of(limited(StreamRetention.ofMessages(100), 101, 200, 150, 0.5)))
                .isEqualTo(new Headroom(0.5, Optional.of(Duration.ofSeconds(100))));
    }

    private static ObservedStream aged(long saved, Instant firstUnsavedAt) {
        ObservedStream stream = limited(ofAge(Duration.ofHours(10)), 1, 200, saved, 5);
        return new ObservedStream("changes", stream.state(), 200, saved, firstUnsavedAt, 5);
    }

    @Test
    void of_ageLimit_usesTheFirstMessageNotInTheSnapshot() {
        assertThat(of(aged(100, minute(-60)))).isEqualTo(new Headroom(0.9, Optional.of(Duration.ofHours(9))));
        assertThat(of(aged(100, minute(-6000)))).isEqualTo(new Headroom(0, Optional.of(Duration.ZERO)));
        assertThat(of(aged(100, minute(5))).share()).isEqualTo(1);
    }

    @Test
    void of_ageLimitAndNothingMissing_isFull() {
        assertThat(of(aged(200, null))).isEqualTo(new Headroom(1, Optional.empty()));
    }

    @Test
    void of_unlimitedStream_isFullWithoutEnd() {
        assertThat(of(limited(StreamRetention.unlimited(), 1, 200, 0, 100)))
                .isEqualTo(new Headroom(1, Optional.empty()));
    }

    @Test
    void of_messageAlreadyDropped_isZero() {
        assertThat(of(limited(StreamRetention.unlimited(), 11, 200, 9, 0)))
                .isEqualTo(new Headroom(0, Optional.of(Duration.ZERO)));
        assertThat(of(limited(StreamRetention.unlimited(), 11, 200, 10, 0)).share())
                .isEqualTo(1);
    }

    @Test
    void of_emptiedStreamAndNothingMissing_isFull() {
        assertThat(of(limited(StreamRetention.ofMessages(100), 201, 200, 200, 0))
                        .share())
                .isEqualTo(1);
    }

    @Test
    void of_severalLimits_isTheSmallest() {
        StreamRetention both = new StreamRetention(OptionalLong.of(1000), OptionalLong.of(20_000), Optional.empty());
        // 0.9 and 900 s by messages, 0.5 and 100 s by bytes.
        assertThat(of(limited(both, 1, 200, 100, 1)))
                .isEqualTo(new Headroom(0.5, Optional.of(Duration.ofSeconds(100))));
    }

    @Test
    void of_smallestRate_isLimitedToALongDuration() {
        assertThat(of(limited(StreamRetention.ofMessages(Long.MAX_VALUE), 1, 200, 100, Double.MIN_VALUE))
                        .lasts())
                .contains(Duration.ofDays(36_525));
    }
}
