package io.harmonylite.snapshot;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;

/** A period of the calendar, in UTC. */
public enum CalendarPeriod {
    /** From one full hour to the next. */
    HOUR {
        @Override
        long number(Instant instant) {
            return ChronoUnit.HOURS.between(Instant.EPOCH, instant.truncatedTo(ChronoUnit.HOURS));
        }
    },
    /** A day. */
    DAY {
        @Override
        long number(Instant instant) {
            return date(instant).toEpochDay();
        }
    },
    /** A week, from Monday on. */
    WEEK {
        @Override
        long number(Instant instant) {
            LocalDate date = date(instant);
            return date.get(IsoFields.WEEK_BASED_YEAR) * 100L + date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
        }
    },
    /** A month. */
    MONTH {
        @Override
        long number(Instant instant) {
            LocalDate date = date(instant);
            return date.getYear() * 100L + date.getMonthValue();
        }
    };

    /** A number that all instants of one period have, and no other one. */
    abstract long number(Instant instant);

    /** Whether two instants are in the same period. */
    public boolean isSame(Instant one, Instant other) {
        return number(one) == number(other);
    }

    private static LocalDate date(Instant instant) {
        return instant.atZone(ZoneOffset.UTC).toLocalDate();
    }
}
