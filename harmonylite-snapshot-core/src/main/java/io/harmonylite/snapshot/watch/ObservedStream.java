package io.harmonylite.snapshot.watch;

import io.harmonylite.snapshot.stream.StreamState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * State of one stream at one moment. Immutable.
 *
 * @param stream name of the stream
 * @param state state on the server
 * @param position sequence up to which this node has applied the stream; 0 if it has applied nothing
 * @param saved sequence up to which the newest snapshot contains the stream; 0 if there is no snapshot or it does not
 *     name the stream
 * @param firstUnsavedAt server timestamp of the first message after that; null if there is none or it is unknown
 * @param messagesPerSecond current message rate
 */
public record ObservedStream(
        String stream,
        StreamState state,
        long position,
        long saved,
        @Nullable Instant firstUnsavedAt,
        double messagesPerSecond) {

    /**
     * Checks the numbers. Raises position and saved to the sequence before the first message of a stream that began
     * above 1.
     *
     * @throws IllegalArgumentException if a number is negative or the rate is not finite
     */
    public ObservedStream {
        if (position < 0 || saved < 0 || !(messagesPerSecond >= 0) || Double.isInfinite(messagesPerSecond)) {
            throw new IllegalArgumentException("the numbers of a stream must be finite and at least 0, not position "
                    + position + ", saved " + saved + ", " + messagesPerSecond + " messages per second");
        }
        position = Math.max(position, state.beforeStart());
        saved = Math.max(saved, state.beforeStart());
    }

    /** Returns the number of messages that this node has applied and the newest snapshot does not contain. */
    public long unsaved() {
        return Math.max(0, position - saved);
    }

    /** Returns the number of messages that this node has not applied. */
    public long lag() {
        return Math.max(0, state.last() - position);
    }

    /** Returns the headroom of the stream at a time. */
    public Headroom headroom(Instant now) {
        return Headroom.of(this, now);
    }
}
