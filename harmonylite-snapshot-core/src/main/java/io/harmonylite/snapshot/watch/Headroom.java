package io.harmonylite.snapshot.watch;

import io.harmonylite.snapshot.stream.StreamRetention;
import io.harmonylite.snapshot.stream.StreamState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How much of a stream's retention is left before the server drops a message that the newest snapshot does not hold, so that
 * a node restored from it could not go on. The least of what the limits on messages, bytes and age leave. Immutable.
 *
 * @param share 1 where nothing would be missed for the whole of the retention, or nothing is ever dropped; 0 where the next
 *     message may drop one that is needed, or one is gone already
 * @param lasts how long it lasts as fast as messages come now, at most 100 years; empty where it does not shrink
 */
public record Headroom(double share, Optional<Duration> lasts) {

    private static final Headroom WHOLE = new Headroom(1, Optional.empty());
    private static final Headroom GONE = new Headroom(0, Optional.of(Duration.ZERO));
    private static final double LONGEST_SECONDS = 36_525.0 * 24 * 60 * 60;

    /** Refuses what is no share. */
    public Headroom {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("a share is from 0 to 1, not " + share);
        }
    }

    /** The headroom of a stream. Messages deleted inside it count as if they were kept. */
    static Headroom of(ObservedStream observed, Instant now) {
        StreamState state = observed.state();
        if (state.first() > observed.saved() + 1) {
            return GONE;
        }
        double needed = Math.max(0, state.last() - observed.saved());
        double bytesEach = state.messages() == 0 ? 0 : (double) state.bytes() / state.messages();
        double rate = observed.messagesPerSecond();
        StreamRetention retention = state.retention();
        return Stream.of(
                        retention.messages().stream().mapToObj(most -> of((double) most, needed, rate)),
                        retention.bytes().stream()
                                .mapToObj(most -> of((double) most, needed * bytesEach, rate * bytesEach)),
                        retention.age().stream().map(most -> ofAge(seconds(most), observed, now)))
                .flatMap(each -> each)
                .reduce(WHOLE, Headroom::least);
    }

    private static Headroom of(double most, double used, double perSecond) {
        double left = Math.max(0, most - used);
        double share = most > 0 ? left / most : 0;
        return new Headroom(share, perSecond > 0 ? Optional.of(time(left / perSecond)) : Optional.empty());
    }

    private static Headroom ofAge(double most, ObservedStream observed, Instant now) {
        Instant since = observed.firstUnsavedAt();
        if (observed.state().last() <= observed.saved() || since == null) {
            return WHOLE;
        }
        return of(most, Math.max(0, seconds(Duration.between(since, now))), 1);
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
