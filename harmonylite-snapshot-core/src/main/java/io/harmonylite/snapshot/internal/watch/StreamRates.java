package io.harmonylite.snapshot.internal.watch;

import io.harmonylite.snapshot.stream.StreamState;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Message rates of streams. A rate rises at once, and falls by at most half from one observation to the next, so that a
 * short pause does not hide a burst. Immutable.
 */
final class StreamRates {

    private static final StreamRates UNKNOWN = new StreamRates(Map.of());

    private final Map<String, Sample> samples;

    private StreamRates(Map<String, Sample> samples) {
        this.samples = samples;
    }

    /** Returns rates without any observation. */
    static StreamRates unknown() {
        return UNKNOWN;
    }

    /** Returns the rates after another observation. */
    StreamRates seen(Map<String, StreamState> streams, Instant now) {
        Map<String, Sample> next = new TreeMap<>();
        streams.forEach((stream, state) -> next.put(stream, Sample.after(samples.get(stream), state, now)));
        return new StreamRates(next);
    }

    /** Returns the messages per second of a stream; 0 before its second observation. */
    double of(String stream) {
        Sample sample = samples.get(stream);
        return sample == null ? 0 : sample.perSecond;
    }

    private record Sample(Instant created, long last, Instant at, double perSecond) {

        static Sample after(@Nullable Sample before, StreamState state, Instant now) {
            if (before == null || !before.created.equals(state.created()) || before.last > state.last()) {
                return new Sample(state.created(), state.last(), now, 0);
            }
            Duration elapsed = Duration.between(before.at, now);
            if (elapsed.toMillis() <= 0) {
                return before;
            }
            double present = (state.last() - before.last) * 1000.0 / elapsed.toMillis();
            return new Sample(state.created(), state.last(), now, Math.max(present, before.perSecond / 2));
        }
    }
}
