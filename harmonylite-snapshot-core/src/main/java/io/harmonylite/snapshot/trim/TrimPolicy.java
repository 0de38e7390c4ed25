package io.harmonylite.snapshot.trim;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Limits of what a trim may remove. Immutable; each method returns a changed copy. Defaults:
 *
 * <ul>
 *   <li>the last 1,000 messages of each stream are kept
 *   <li>messages less than an hour older than the last message of their stream are kept
 *   <li>change logs are not trimmed
 *   <li>the trim is carried out, not only reported
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
     * Returns a policy with the defaults.
     *
     * @param purge removes the messages
     * @param members positions of the other nodes; {@link MemberPositions#noOtherMembers} if they do not matter
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
     * @param count number of sequences, counted back from the last one
     * @throws IllegalArgumentException if the number is negative
     */
    public TrimPolicy keepMessages(long count) {
        if (count < 0) {
            throw new IllegalArgumentException("the number of messages to keep must be at least 0, not " + count);
        }
        return new TrimPolicy(purge, members, count, age, changeLogAge, dryRun);
    }

    /**
     * Keeps messages that are younger than this, counted back from the timestamp of the stream's last message. Both
     * times are the server's; the host's clock is not used.
     *
     * @throws IllegalArgumentException if the duration is negative
     */
    public TrimPolicy keepYoungerThan(Duration value) {
        return new TrimPolicy(purge, members, messages, notNegative(value), changeLogAge, dryRun);
    }

    /**
     * Also removes published rows from the change logs that HarmonyLite keeps in the database, in small transactions. A
     * row is removed if it is older than this by this host's clock, and older than both proven snapshots by the clocks
     * of the nodes that took them. Its own time is by the clock of the node that wrote it. Pending changes, and rows that HarmonyLite's publisher has still to inspect, are kept.
     *
     * @throws IllegalArgumentException if the duration is negative
     */
    public TrimPolicy changeLogsOlderThan(Duration value) {
        return new TrimPolicy(purge, members, messages, age, notNegative(value), dryRun);
    }

    /** Reports what a trim would remove, without removing it. */
    public TrimPolicy dryRun() {
        return new TrimPolicy(purge, members, messages, age, changeLogAge, true);
    }

    /** Returns the object that removes messages. */
    public StreamPurge purge() {
        return purge;
    }

    /** Returns the positions of the other nodes. */
    public MemberPositions members() {
        return members;
    }

    /** Returns the number of last messages that are kept. */
    public long messagesKept() {
        return messages;
    }

    /** Returns the age below which messages are kept. */
    public Duration ageKept() {
        return age;
    }

    /** Returns the age below which published change log rows are kept; empty if change logs are not trimmed. */
    public Optional<Duration> changeLogAge() {
        return Optional.ofNullable(changeLogAge);
    }

    /** Returns whether the trim is only reported, not carried out. */
    public boolean isDryRun() {
        return dryRun;
    }

    private static Duration notNegative(Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException("the age must not be negative, but is " + value);
        }
        return value;
    }
}
