package io.harmonylite.snapshot.internal.trim;

import io.harmonylite.snapshot.stream.Streams;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Finds the last message that is older, by a given age, than the last message of its stream; messages whose timestamps
 * a few requests do not find are too young.
 */
final class AgeSearch {

    private static final int REQUESTS = 32;

    private final Streams streams;
    private final String stream;

    AgeSearch(Streams streams, String stream) {
        this.streams = streams;
        this.stream = stream;
    }

    /** Returns the last message in the range that is old enough; {@code first} if none is or ages are unknown. */
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
        for (long at = sequence; at >= low && at > sequence - REQUESTS; at--) {
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
