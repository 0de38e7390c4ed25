package io.harmonylite.snapshot.recovery;

import io.harmonylite.snapshot.SequenceRange;
import org.jspecify.annotations.Nullable;

/**
 * What one stream's situation comes to by itself. Immutable.
 *
 * @param facts what is known of the stream
 * @param outcome what it comes to
 * @param identity whether the host's position is one of the stream that is there now
 * @param range messages to replay, or messages that are missing; null where there are none
 * @param reason why, in a sentence for people
 */
public record StreamPlan(
        StreamFacts facts,
        Outcome outcome,
        StreamIdentity identity,
        @Nullable SequenceRange range,
        String reason) {

    /** The stream's name. */
    public String stream() {
        return facts.stream();
    }
}
