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
 * Selects the snapshots that a prune keeps: every snapshot that at least one rule keeps. Whatever the rules are, a
 * prune never retires the latest sound snapshot, the snapshot that was stored last, or a pinned snapshot. Immutable and
 * thread-safe.
 */
public final class RetentionPolicy {

    private final int last;
    private final Duration age;
    private final Map<CalendarPeriod, Integer> calendar;

    private RetentionPolicy(int last, Duration age, Map<CalendarPeriod, Integer> calendar) {
        this.last = last;
        this.age = age;
        this.calendar = Collections.unmodifiableMap(calendar);
    }

    /**
     * Keeps the latest snapshots in the order of {@link SnapshotRepository#latest}.
     *
     * @param count number of snapshots
     * @throws IllegalArgumentException if the count is less than 1
     */
    public static RetentionPolicy keepLast(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("the number of snapshots to keep must be at least 1, not " + count);
        }
        return new RetentionPolicy(count, Duration.ZERO, new EnumMap<>(CalendarPeriod.class));
    }

    /**
     * Keeps the snapshots that were stored less than the given time ago, by the store's own clock.
     *
     * @throws IllegalArgumentException if the age is not positive
     */
    public static RetentionPolicy keepYoungerThan(Duration age) {
        if (age.isNegative() || age.isZero()) {
            throw new IllegalArgumentException("the age of snapshots to keep must be positive, not " + age);
        }
        return new RetentionPolicy(0, age, new EnumMap<>(CalendarPeriod.class));
    }

    /**
     * Keeps the latest snapshot of each of the last hours, days, weeks or months, in UTC and by the store's own clock.
     * Only periods in which a snapshot was stored count. The latest of several in one period is chosen in the order of
     * {@link SnapshotRepository#latest}.
     *
     * @param count number of periods
     * @throws IllegalArgumentException if the count is less than 1
     */
    public static RetentionPolicy onePer(CalendarPeriod period, int count) {
        if (count < 1) {
            throw new IllegalArgumentException("the number of periods must be at least 1, not " + count);
        }
        return new RetentionPolicy(0, Duration.ZERO, new EnumMap<>(Map.of(period, count)));
    }

    /** Returns a retention that keeps every snapshot that this or the other one keeps. */
    public RetentionPolicy and(RetentionPolicy other) {
        Map<CalendarPeriod, Integer> both = new EnumMap<>(CalendarPeriod.class);
        both.putAll(calendar);
        other.calendar.forEach((period, count) -> both.merge(period, count, Math::max));
        return new RetentionPolicy(Math.max(last, other.last), age.compareTo(other.age) >= 0 ? age : other.age, both);
    }

    /** Also keeps {@linkplain #onePer one snapshot per hour} for the given number of hours. */
    public RetentionPolicy andHourly(int count) {
        return and(onePer(CalendarPeriod.HOUR, count));
    }

    /** Also keeps {@linkplain #onePer one snapshot per day} for the given number of days. */
    public RetentionPolicy andDaily(int count) {
        return and(onePer(CalendarPeriod.DAY, count));
    }

    /** Also keeps {@linkplain #onePer one snapshot per week} for the given number of weeks. */
    public RetentionPolicy andWeekly(int count) {
        return and(onePer(CalendarPeriod.WEEK, count));
    }

    /** Also keeps {@linkplain #onePer one snapshot per month} for the given number of months. */
    public RetentionPolicy andMonthly(int count) {
        return and(onePer(CalendarPeriod.MONTH, count));
    }

    /** Also keeps the snapshots {@linkplain #keepYoungerThan younger than} an age. */
    public RetentionPolicy andYoungerThan(Duration limit) {
        return and(keepYoungerThan(limit));
    }

    /** Returns the number of latest snapshots to keep; 0 if there is no such rule. */
    public int last() {
        return last;
    }

    /** Returns the age below which snapshots are kept; zero if there is no such rule. */
    public Duration age() {
        return age;
    }

    /** Returns the number of periods for which one snapshot is kept, by kind of period; not modifiable. */
    public Map<CalendarPeriod, Integer> calendar() {
        return calendar;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RetentionPolicy that
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
            rules.add("all younger than " + age);
        }
        calendar.forEach((period, count) ->
                rules.add("one per " + period.name().toLowerCase(Locale.ROOT) + " for the last " + count));
        return String.join(" and ", rules);
    }
}
