package io.harmonylite.snapshot.stream;

import java.time.Instant;

/**
 * What a server says of a stream at one moment. Immutable.
 *
 * @param first sequence of the first message it keeps, at least 1; where it keeps none, one more than {@code last}
 * @param last sequence of the last message it was ever given, 0 before the first
 * @param messages messages it keeps; fewer than {@code last - first + 1} where some were deleted inside
 * @param bytes bytes they occupy
 * @param created when it was created
 * @param retention what it keeps at most
 */
public record StreamState(
        long first, long last, long messages, long bytes, Instant created, StreamRetention retention) {

    /** Counts an unused stream's first sequence, which servers call 0, as 1. */
    public StreamState {
        first = Math.max(first, 1);
        if (last < 0 || first > last + 1 || messages < 0 || messages > last - first + 1 || bytes < 0) {
            throw new IllegalArgumentException("no state of a stream: first " + first + ", last " + last + ", messages "
                    + messages + ", bytes " + bytes);
        }
    }

    /** How many messages between first and last are not kept. */
    public long deletedInside() {
        return last - first + 1 - messages;
    }
}
