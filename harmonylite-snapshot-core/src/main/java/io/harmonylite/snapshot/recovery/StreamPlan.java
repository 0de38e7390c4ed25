package io.harmonylite.snapshot.recovery;

import io.harmonylite.snapshot.SequenceRange;
import org.jspecify.annotations.Nullable;

/**
 * Plan for one stream by itself. Immutable.
 *
 * @param facts facts about the stream
 * @param outcome outcome for the stream
 * @param identity relation between the recorded position and the current stream
 * @param range messages to replay, or the range from the first to the last missing message; null if there are none
 * @param reason reason for the outcome, in a sentence for operators
 */
public record StreamPlan(
        StreamFacts facts,
        RecoveryOutcome outcome,
        StreamIdentity identity,
        @Nullable SequenceRange range,
        String reason) {

    /** Returns the name of the stream. */
    public String stream() {
        return facts.stream();
    }
}
