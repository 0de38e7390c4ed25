package io.harmonylite.snapshot.watch;

import io.harmonylite.snapshot.stream.StreamRetention;
import io.harmonylite.snapshot.stream.StreamState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Part of a stream's retention that is left before the server drops a message that the newest snapshot does not
 * contain. From then on, a node restored from that snapshot cannot continue. The smallest of what the limits on
 * messages, bytes and age leave. Immutable.
 *
 * @param share remaining share: 1 if the whole retention is left or nothing is ever dropped; 0 if the next message may
 *     drop a needed one, or one was dropped already
 * @param lasts time until the headroom is used up at the current message rate, at most 100 years; empty if it does not
 *     shrink
 */
public record Headroom(double share, Optional<Duration> lasts) {

    private static final Headroom WHOLE = new Headroom(1, Optional.empty());
    private static final Headroom GONE = new Headroom(0, Optional.of(Duration.ZERO));
    private static final double LONGEST_SECONDS = 36_525.0 * 24 * 60 * 60;

    /**
     * Checks the share.
     *
     * @throws IllegalArgumentException if the share is not between 0 and 1
     */
    public Headroom {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("a headroom share must be between 0 and 1, not " + share);
        }
    }

    /** Returns the headroom of a stream. Counts messages that were deleted inside the stream as kept. */
    static Headroom of(ObservedStream observed, Instant now) {
        StreamState state = observed.state();
        if (!state.holdsAfter(observed.saved())) {
            return GONE;
        }
        double needed = Math.max(0, state.last() - observed.saved());
        double bytesEach = state.messages() == 0 ? 0 : (double) state.bytes() / state.messages();
        double rate = observed.messagesPerSecond();
        StreamRetention retention = state.retention();
        return Stream.of(
                        retention.messages().stream().mapToObj(limit -> of((double) limit, needed, rate)),
                        retention.bytes().stream()
                                .mapToObj(limit -> of((double) limit, needed * bytesEach, rate * bytesEach)),
                        retention.age().stream().map(limit -> ofAge(seconds(limit), observed, now)))
                .flatMap(each -> each)
                .reduce(WHOLE, Headroom::least);
    }

    private static Headroom of(double limit, double used, double perSecond) {
        double left = Math.max(0, limit - used);
        double share = limit > 0 ? left / limit : 0;
        return new Headroom(share, perSecond > 0 ? Optional.of(time(left / perSecond)) : Optional.empty());
    }

    private static Headroom ofAge(double limit, ObservedStream observed, Instant now) {
        Instant since = observed.firstUnsavedAt();
        if (observed.state().last() <= observed.saved() || since == null) {
            return WHOLE;
        }
        return of(limit, Math.max(0, seconds(Duration.between(since, now))), 1);
    }

    private static double seconds(Duration duration) {
        return duration.getSeconds() + duration.getNano() / 1e9;
    }

    private static Duration time(double seconds) {
        return Duration.ofMillis((long) (Math.min(seconds, LONGEST_SECONDS) * 1000));
    }

    private Headroom least(Headroom other) {
        Optional<Duration> sooner =
                Stream.of(lasts, other.lasts).flatMap(Optional::stream).min(Duration::compareTo);
        return new Headroom(Math.min(share, other.share), sooner);
    }
}
