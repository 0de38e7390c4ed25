package io.harmonylite.snapshot.internal.trim;

import io.harmonylite.snapshot.stream.Streams;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Finds how far a stream's messages are older than its last one by an age. Messages that were deleted inside the stream tell
 * no time: of what cannot be learned with a few questions the younger is believed.
 */
final class AgeSearch {

    private static final int QUESTIONS = 32;

    private final Streams streams;
    private final String stream;

    AgeSearch(Streams streams, String stream) {
        this.streams = streams;
        this.stream = stream;
    }

    /**
     * The last message that is old enough, or {@code first} where none is, or the time is not known.
     *
     * @param first the first message to look at
     * @param limit the last one to look at
     * @param last the stream's last message, from which age is counted
     */
    long oldest(long first, long limit, long last, Duration age) throws IOException {
        Optional<Instant> newest = streams.timestampAt(stream, last);
        if (newest.isEmpty()) {
            return first;
        }
        Instant cutoff = newest.get().minus(age);
        long old = first;
        long low = first;
        long high = limit;
        while (low <= high) {
            long middle = low + (high - low) / 2;
            Optional<Long> known = knownAtOrBefore(middle, low);
            if (known.isPresent() && isOlder(known.get(), cutoff)) {
                old = known.get();
                low = middle + 1;
            } else {
                high = known.orElse(middle) - 1;
            }
        }
        return old;
    }

    private Optional<Long> knownAtOrBefore(long sequence, long low) throws IOException {
        for (long at = sequence; at >= low && at > sequence - QUESTIONS; at--) {
            if (streams.timestampAt(stream, at).isPresent()) {
                return Optional.of(at);
            }
        }
        return Optional.empty();
    }

    private boolean isOlder(long sequence, Instant cutoff) throws IOException {
        return streams.timestampAt(stream, sequence)
                .map(time -> time.isBefore(cutoff))
                .orElse(false);
    }
}
