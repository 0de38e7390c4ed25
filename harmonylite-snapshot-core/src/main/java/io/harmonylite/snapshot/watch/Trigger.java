package io.harmonylite.snapshot.watch;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Says when a snapshot is due: a value that others are composed with.
 *
 * <pre>{@code
 * Trigger.everyMessages(10_000).orEvery(Duration.ofHours(6)).orWhenHeadroomBelow(0.5)
 *         .notMoreOftenThan(Duration.ofMinutes(10))
 *         .orBeforeShutdown()
 * }</pre>
 *
 * <p>What is due is not always taken: a take is left out where nothing has changed since the newest snapshot, or where that
 * one is ahead of this node. Immutable and thread-safe.
 */
public sealed interface Trigger
        permits AnyTrigger,
                HeadroomTrigger,
                IntervalTrigger,
                ManualTrigger,
                MessageTrigger,
                ShutdownTrigger,
                SpacedTrigger {

    /** Due as soon as this node has applied so many messages of any one stream that the newest snapshot does not hold. */
    static Trigger everyMessages(long count) {
        return new MessageTrigger(count, MessageTrigger.Counted.ANY_STREAM);
    }

    /** As {@link #everyMessages}, the messages of all streams added up. */
    static Trigger everyMessagesInAll(long count) {
        return new MessageTrigger(count, MessageTrigger.Counted.ALL_STREAMS);
    }

    /**
     * Due where there is no snapshot, or the newest one was stored so long ago, by the store's clock; whoever took it. Where
     * a take was left out because nothing had changed, the time counts from then.
     */
    static Trigger every(Duration interval) {
        return new IntervalTrigger(interval);
    }

    /**
     * Due where less than a share of some stream's retention is left before the newest snapshot no longer covers that stream;
     * and whatever the share, where what is left would be used up, as fast as messages come now, within twice the time
     * that the next check and a take need.
     *
     * @param share more than 0 and less than 1
     */
    static Trigger whenHeadroomBelow(double share) {
        return new HeadroomTrigger(share);
    }

    /** Due when the manager is closed, so that the next start has little to replay. Never otherwise. */
    static Trigger beforeShutdown() {
        return new ShutdownTrigger();
    }

    /** Never due: snapshots are taken by {@code SnapshotManager.take} alone. */
    static Trigger byHand() {
        return new ManualTrigger();
    }

    /** Why a snapshot is due; empty where none is. */
    Optional<TriggerReason> decide(Observation observation);

    /** Whether it can never be due at a host that follows no streams. */
    boolean needsStreams();

    /** Whether closing the manager is an occasion to ask it. */
    boolean isForShutdown();

    /** Due where this or the other one is. */
    default Trigger or(Trigger other) {
        return new AnyTrigger(List.of(this, Objects.requireNonNull(other, "other")));
    }

    /** Due where this is, or {@link #everyMessages}. */
    default Trigger orEveryMessages(long count) {
        return or(everyMessages(count));
    }

    /** Due where this is, or {@link #everyMessagesInAll}. */
    default Trigger orEveryMessagesInAll(long count) {
        return or(everyMessagesInAll(count));
    }

    /** Due where this is, or {@link #every}. */
    default Trigger orEvery(Duration interval) {
        return or(every(interval));
    }

    /** Due where this is, or {@link #whenHeadroomBelow}. */
    default Trigger orWhenHeadroomBelow(double share) {
        return or(whenHeadroomBelow(share));
    }

    /** Due where this is, or {@link #beforeShutdown}. */
    default Trigger orBeforeShutdown() {
        return or(beforeShutdown());
    }

    /**
     * Due where this is, unless the newest snapshot was stored less than that ago, or a take was left out because nothing had
     * changed. What is added by {@code or} afterwards is not bound by it.
     */
    default Trigger notMoreOftenThan(Duration least) {
        return new SpacedTrigger(this, least);
    }
}
