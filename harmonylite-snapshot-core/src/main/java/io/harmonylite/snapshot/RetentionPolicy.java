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
 * prune never retires the latest sound snapshot, the one of the highest generation, or a pinned snapshot. Immutable and
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
     * Keeps the latest snapshot of each of the last hours in which one was stored, by the store's clock, in UTC. Hours
     * without a snapshot do not count. The latest is the one that {@link SnapshotRepository#latest} would choose.
     *
     * @throws IllegalArgumentException if the count is less than 1
     */
    public static RetentionPolicy keepHourly(int count) {
        return onePer(CalendarPeriod.HOUR, count);
    }

    /**
     * Keeps the latest snapshot of each of the last days in which one was stored; as {@link #keepHourly}.
     *
     * @throws IllegalArgumentException if the count is less than 1
     */
    public static RetentionPolicy keepDaily(int count) {
        return onePer(CalendarPeriod.DAY, count);
    }

    /**
     * Keeps the latest snapshot of each of the last ISO weeks in which one was stored; as {@link #keepHourly}.
     *
     * @throws IllegalArgumentException if the count is less than 1
     */
    public static RetentionPolicy keepWeekly(int count) {
        return onePer(CalendarPeriod.WEEK, count);
    }

    /**
     * Keeps the latest snapshot of each of the last months in which one was stored; as {@link #keepHourly}.
     *
     * @throws IllegalArgumentException if the count is less than 1
     */
    public static RetentionPolicy keepMonthly(int count) {
        return onePer(CalendarPeriod.MONTH, count);
    }

    private static RetentionPolicy onePer(CalendarPeriod period, int count) {
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
