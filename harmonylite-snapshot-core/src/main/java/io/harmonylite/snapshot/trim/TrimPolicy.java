package io.harmonylite.snapshot.trim;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What may be trimmed, and what stays at least. Immutable; each method returns a changed copy. Defaults:
 *
 * <ul>
 *   <li>the last 1,000 messages of each stream stay
 *   <li>messages stay that are less than an hour older than the stream's last one
 *   <li>change logs are left alone
 *   <li>it is done, not only said
 * </ul>
 */
public final class TrimPolicy {

    private static final long DEFAULT_MESSAGES = 1_000;

    private final StreamPurge purge;
    private final MemberPositions members;
    private final long messages;
    private final Duration age;
    private final @Nullable Duration changeLogAge;
    private final boolean dryRun;

    private TrimPolicy(
            StreamPurge purge,
            MemberPositions members,
            long messages,
            Duration age,
            @Nullable Duration changeLogAge,
            boolean dryRun) {
        this.purge = purge;
        this.members = members;
        this.messages = messages;
        this.age = age;
        this.changeLogAge = changeLogAge;
        this.dryRun = dryRun;
    }

    /**
     * A policy with the defaults.
     *
     * @param purge how messages are removed
     * @param members how far the other nodes are; {@link MemberPositions#nobodyElse} where that does not matter
     */
    public static TrimPolicy of(StreamPurge purge, MemberPositions members) {
        return new TrimPolicy(
                Objects.requireNonNull(purge, "purge"),
                Objects.requireNonNull(members, "members"),
                DEFAULT_MESSAGES,
                Duration.ofHours(1),
                null,
                false);
    }

    /**
     * Keeps the last messages of each stream.
     *
     * @param count how many sequences back from the last one
     */
    public TrimPolicy keepMessages(long count) {
        if (count < 0) {
            throw new IllegalArgumentException("a number of messages is not negative: " + count);
        }
        return new TrimPolicy(purge, members, count, age, changeLogAge, dryRun);
    }

    /**
     * Keeps messages that are younger than this, counted back from the timestamp of the stream's last message: all times are
     * the server's, no clock of a host has a say.
     */
    public TrimPolicy keepYoungerThan(Duration value) {
        return new TrimPolicy(purge, members, messages, notNegative(value), changeLogAge, dryRun);
    }

    /**
     * Also removes published rows from the change logs that HarmonyLite keeps in the database, in small transactions: rows
     * that are older than this and than both snapshots, by the clocks of the nodes that wrote them. Rows that are not
     * published, or are still to be looked at by its publisher, stay.
     */
    public TrimPolicy changeLogsOlderThan(Duration value) {
        return new TrimPolicy(purge, members, messages, age, notNegative(value), dryRun);
    }

    /** Only says what it would do. */
    public TrimPolicy dryRun() {
        return new TrimPolicy(purge, members, messages, age, changeLogAge, true);
    }

    /** How messages are removed. */
    public StreamPurge purge() {
        return purge;
    }

    /** How far the other nodes are. */
    public MemberPositions members() {
        return members;
    }

    /** How many of the last messages stay. */
    public long messagesKept() {
        return messages;
    }

    /** How old messages are, at least, that go. */
    public Duration ageKept() {
        return age;
    }

    /** How old published rows of change logs are, at least, that go; empty where they are left alone. */
    public Optional<Duration> changeLogAge() {
        return Optional.ofNullable(changeLogAge);
    }

    /** Whether it is only said, not done. */
    public boolean isDryRun() {
        return dryRun;
    }

    private static Duration notNegative(Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException("an age is not negative: " + value);
        }
        return value;
    }
}
