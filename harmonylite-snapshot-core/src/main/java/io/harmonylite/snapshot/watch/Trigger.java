package io.harmonylite.snapshot.watch;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Condition under which the watch loop takes a snapshot: a value that can be combined with others. Immutable and
 * thread-safe.
 *
 * <pre>{@code
 * Trigger trigger = Trigger.everyMessages(10_000)
 *         .or(Trigger.every(Duration.ofHours(6)))
 *         .or(Trigger.whenHeadroomBelow(0.5))
 *         .atMostEvery(Duration.ofMinutes(10))
 *         .or(Trigger.beforeClose());
 * SnapshotManager manager = SnapshotManager.builder("orders", database, store)
 *         .streams(streams)
 *         .trigger(trigger)
 *         .build();
 * manager.start();
 * }</pre>
 *
 * <p>A trigger that fires does not always lead to a new snapshot. The take is skipped if nothing has changed since the
 * newest snapshot, or if that snapshot is ahead of this node.
 */
public sealed interface Trigger
        permits AnyTrigger,
                HeadroomTrigger,
                IntervalTrigger,
                ManualTrigger,
                MessageTrigger,
                CloseTrigger,
                SpacedTrigger {

    /**
     * Fires when this node has applied this number of messages of any one stream that the newest snapshot does not
     * contain.
     *
     * @throws IllegalArgumentException if the number is less than 1
     */
    static Trigger everyMessages(long count) {
        return new MessageTrigger(count, MessageTrigger.Counted.ANY_STREAM);
    }

    /**
     * Fires like {@link #everyMessages}, but on the sum of all streams.
     *
     * @throws IllegalArgumentException if the number is less than 1
     */
    static Trigger everyMessagesInTotal(long count) {
        return new MessageTrigger(count, MessageTrigger.Counted.ALL_STREAMS);
    }

    /**
     * Fires when there is no snapshot, or when this time has passed by the store's clock since the newest snapshot was
     * stored by any node. After a take that was skipped because nothing had changed, the time counts from then.
     *
     * @throws IllegalArgumentException if the interval is not positive
     */
    static Trigger every(Duration interval) {
        return new IntervalTrigger(interval);
    }

    /**
     * Fires when the {@link Headroom} of a stream is below this share. Also fires, whatever the share, if the rest
     * would be used up at the current message rate within twice the time that the next check and a take need.
     *
     * @param share greater than 0 and less than 1
     * @throws IllegalArgumentException if the share is out of range
     */
    static Trigger whenHeadroomBelow(double share) {
        return new HeadroomTrigger(share);
    }

    /** Fires only when the manager is closed, so that little has to be replayed after the next start. */
    static Trigger beforeClose() {
        return new CloseTrigger();
    }

    /** Never fires: only {@code SnapshotManager.take} takes snapshots. */
    static Trigger manual() {
        return new ManualTrigger();
    }

    /** Returns the reason why a snapshot is due; empty if none is due. */
    Optional<TriggerReason> decide(TriggerInput observation);

    /** Returns whether this trigger can never fire if the host follows no streams. */
    default boolean needsStreams() {
        return false;
    }

    /** Returns whether this trigger is evaluated when the manager is closed. */
    default boolean isForClose() {
        return false;
    }

    /** Fires when this trigger or the other one fires. */
    default Trigger or(Trigger other) {
        return new AnyTrigger(List.of(this, Objects.requireNonNull(other, "other")));
    }

    /**
     * Fires when this trigger fires, unless less than this time has passed since the newest snapshot was stored or a
     * take was skipped because nothing had changed. Triggers that are added by {@code or} afterwards are not limited.
     *
     * @throws IllegalArgumentException if the time is not positive
     */
    default Trigger atMostEvery(Duration least) {
        return new SpacedTrigger(this, least);
    }
}
