package io.harmonylite.snapshot;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;

/** A calendar period in UTC. */
public enum CalendarPeriod {
    /** A full hour. */
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
    /** An ISO week, which starts on Monday. */
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

    /** Returns a number that identifies the period of an instant. */
    abstract long number(Instant instant);

    /** Returns whether two instants are in the same period. */
    public boolean isSame(Instant one, Instant other) {
        return number(one) == number(other);
    }

    private static LocalDate date(Instant instant) {
        return instant.atZone(ZoneOffset.UTC).toLocalDate();
    }
}
