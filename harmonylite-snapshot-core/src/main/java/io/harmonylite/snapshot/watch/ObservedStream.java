package io.harmonylite.snapshot.watch;

import io.harmonylite.snapshot.stream.StreamState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One stream, as it was at one moment. Immutable.
 *
 * @param stream its name
 * @param state what its server says
 * @param position sequence up to which this node has applied it; 0 where it has applied nothing
 * @param saved sequence up to which the newest snapshot holds it; 0 where there is none, or it does not name the stream
 * @param firstUnsavedAt the server's timestamp of the first message after that; null where there is none, or it is not known
 * @param messagesPerSecond how fast messages come
 */
public record ObservedStream(
        String stream,
        StreamState state,
        long position,
        long saved,
        @Nullable Instant firstUnsavedAt,
        double messagesPerSecond) {

    /** Refuses negative numbers. */
    public ObservedStream {
        if (position < 0 || saved < 0 || !(messagesPerSecond >= 0) || Double.isInfinite(messagesPerSecond)) {
            throw new IllegalArgumentException("no observation of a stream: position " + position + ", saved " + saved
                    + ", " + messagesPerSecond + " messages per second");
        }
    }

    /** Messages that this node has applied and the newest snapshot does not hold. */
    public long unsaved() {
        return Math.max(0, position - saved);
    }

    /** Messages that this node has still to apply. */
    public long lag() {
        return Math.max(0, state.last() - position);
    }

    /** How long the newest snapshot will still cover the stream. */
    public Headroom headroom(Instant now) {
        return Headroom.of(this, now);
    }
}
