package io.harmonylite.snapshot;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Which snapshots a prune keeps: what any of its rules keeps. Whatever it says, a prune never retires the latest sound
 * snapshot, the one that was stored last, nor a pinned one. Immutable and thread-safe.
 */
public final class Retention {

    private final int last;
    private final Duration age;
    private final Map<CalendarPeriod, Integer> calendar;

    private Retention(int last, Duration age, Map<CalendarPeriod, Integer> calendar) {
        this.last = last;
        this.age = age;
        this.calendar = Collections.unmodifiableMap(calendar);
    }

    /**
     * Keeps the latest snapshots, as {@link SnapshotRepository#latest} orders them.
     *
     * @throws IllegalArgumentException where the count is less than 1
     */
    public static Retention keepLast(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("at least 1 snapshot is kept, not " + count);
        }
        return new Retention(count, Duration.ZERO, new EnumMap<>(CalendarPeriod.class));
    }

    /**
     * Keeps the snapshots that were stored less than this long ago, by the store's own clock.
     *
     * @throws IllegalArgumentException where the age is not positive
     */
    public static Retention youngerThan(Duration age) {
        if (age.isNegative() || age.isZero()) {
            throw new IllegalArgumentException("the age of snapshots that are kept is positive, not " + age);
        }
        return new Retention(0, age, new EnumMap<>(CalendarPeriod.class));
    }

    /**
     * Keeps the latest snapshot of each of the last hours, days, weeks or months in which one was stored, by the store's own
     * clock, in UTC; periods without a snapshot do not count. Of several in one period the latest stays, as {@link
     * SnapshotRepository#latest} orders them.
     *
     * @param count how many periods
     * @throws IllegalArgumentException where the count is less than 1
     */
    public static Retention onePer(CalendarPeriod period, int count) {
        if (count < 1) {
            throw new IllegalArgumentException("snapshots of at least 1 period are kept, not of " + count);
        }
        return new Retention(0, Duration.ZERO, new EnumMap<>(Map.of(period, count)));
    }

    /** Keeps what either of both keeps. */
    public Retention and(Retention other) {
        Map<CalendarPeriod, Integer> both = new EnumMap<>(CalendarPeriod.class);
        both.putAll(calendar);
        other.calendar.forEach((period, count) -> both.merge(period, count, Math::max));
        return new Retention(Math.max(last, other.last), age.compareTo(other.age) >= 0 ? age : other.age, both);
    }

    /** Keeps what this keeps, and {@link #onePer one for each hour}. */
    public Retention andHourly(int count) {
        return and(onePer(CalendarPeriod.HOUR, count));
    }

    /** Keeps what this keeps, and {@link #onePer one for each day}. */
    public Retention andDaily(int count) {
        return and(onePer(CalendarPeriod.DAY, count));
    }

    /** Keeps what this keeps, and {@link #onePer one for each week}. */
    public Retention andWeekly(int count) {
        return and(onePer(CalendarPeriod.WEEK, count));
    }

    /** Keeps what this keeps, and {@link #onePer one for each month}. */
    public Retention andMonthly(int count) {
        return and(onePer(CalendarPeriod.MONTH, count));
    }

    /** Keeps what this keeps, and {@link #youngerThan} that age. */
    public Retention andYoungerThan(Duration value) {
        return and(youngerThan(value));
    }

    /** How many of the latest snapshots are kept; 0 where none is kept for that. */
    public int last() {
        return last;
    }

    /** How young snapshots are that are kept; zero where none is kept for that. */
    public Duration age() {
        return age;
    }

    /** For how many periods one is kept, where any is; not modifiable. */
    public Map<CalendarPeriod, Integer> calendar() {
        return calendar;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Retention that
                && last == that.last
                && age.equals(that.age)
                && calendar.equals(that.calendar);
    }

    @Override
    public int hashCode() {
        return Objects.hash(last, age, calendar);
    }

    @Override
    public String toString() {
        List<String> rules = new ArrayList<>();
        if (last > 0) {
            rules.add("the last " + last);
        }
        if (!age.isZero()) {
            rules.add("those younger than " + age);
        }
        calendar.forEach((period, count) ->
                rules.add("one for each " + period.name().toLowerCase(Locale.ROOT) + " of the last " + count));
        return String.join(" and ", rules);
    }
}
