package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CalendarPeriodTest {

    @ParameterizedTest
    @CsvSource({
        "HOUR, 2026-11-24T10:00:00Z, 2026-11-24T10:59:59.999Z, true",
        "HOUR, 2026-11-24T10:59:59.999Z, 2026-11-24T11:00:00Z, false",
        "HOUR, 2026-11-24T10:30:00Z, 2026-11-25T10:30:00Z, false",
        "HOUR, 1969-12-31T23:59:59.999Z, 1970-01-01T00:00:00Z, false",
        "DAY, 2026-11-24T00:00:00Z, 2026-11-24T23:59:59Z, true",
        "DAY, 2026-11-24T23:59:59Z, 2026-11-25T00:00:00Z, false",
        "WEEK, 2026-11-23T00:00:00Z, 2026-11-29T23:59:59Z, true",
        "WEEK, 2026-11-22T23:59:59Z, 2026-11-23T00:00:00Z, false",
        "WEEK, 2026-12-31T12:00:00Z, 2027-01-03T12:00:00Z, true",
        "WEEK, 2026-01-01T12:00:00Z, 2026-12-31T12:00:00Z, false",
        "MONTH, 2026-11-01T00:00:00Z, 2026-11-30T23:59:59Z, true",
        "MONTH, 2026-11-30T23:59:59Z, 2026-12-01T00:00:00Z, false",
        "MONTH, 2025-11-15T00:00:00Z, 2026-11-15T00:00:00Z, false",
    })
    void isSame_twoInstants_usesTheCalendarInUtc(CalendarPeriod period, Instant one, Instant other, boolean same) {
        assertThat(period.isSame(one, other)).isEqualTo(same);
        assertThat(period.isSame(other, one)).isEqualTo(same);
    }

    @Test
    void retention_combined_hasEqualityAndAReadableText() {
        RetentionPolicy retention = RetentionPolicy.keepLast(7)
                .and(RetentionPolicy.keepHourly(24))
                .and(RetentionPolicy.keepDaily(7))
                .and(RetentionPolicy.keepDaily(3))
                .and(RetentionPolicy.keepMonthly(12));
        assertThat(retention)
                .isEqualTo(RetentionPolicy.keepMonthly(12)
                        .and(RetentionPolicy.keepLast(7))
                        .and(RetentionPolicy.keepDaily(7))
                        .and(RetentionPolicy.keepHourly(24)))
                .isNotEqualTo(RetentionPolicy.keepLast(7)
                        .and(RetentionPolicy.keepHourly(24))
                        .and(RetentionPolicy.keepDaily(7)))
                .hasToString("the last 7 and one per hour for the last 24 and one per day for the last 7"
                        + " and one per month for the last 12");
        assertThat(RetentionPolicy.keepLast(1)
                        .and(RetentionPolicy.keepYoungerThan(Duration.ofHours(1)))
                        .and(RetentionPolicy.keepWeekly(2)))
                .hasToString("the last 1 and all younger than PT1H and one per week for the last 2");
        assertThatThrownBy(() -> RetentionPolicy.keepDaily(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
