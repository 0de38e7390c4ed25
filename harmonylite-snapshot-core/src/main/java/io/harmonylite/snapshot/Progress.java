package io.harmonylite.snapshot;

import java.time.Duration;
import java.util.Optional;

/**
 * How far a stage has got. Immutable.
 *
 * @param stage the stage
 * @param bytesDone bytes of the image that are done
 * @param bytesTotal bytes of the image in all
 * @param elapsed how long the stage has run
 */
public record Progress(Stage stage, long bytesDone, long bytesTotal, Duration elapsed) {

    private static final double NANOS = 1e9;

    /** Refuses numbers that cannot be. */
    public Progress {
        if (bytesDone < 0 || bytesTotal < 0 || elapsed.isNegative()) {
            throw new IllegalArgumentException(
                    "no progress: " + bytesDone + " of " + bytesTotal + " bytes in " + elapsed);
        }
    }

    /** What part is done, 0 to 1; 1 where there is nothing to do. */
    public double share() {
        return bytesTotal == 0 ? 1 : Math.min(1, (double) bytesDone / bytesTotal);
    }

    /** Bytes in a second since the stage began, on average; 0 as long as nothing can be said. */
    public double bytesPerSecond() {
        return elapsed.isZero() ? 0 : bytesDone * NANOS / elapsed.toNanos();
    }

    /** How long it will take from now, at the same rate; empty as long as nothing can be said. */
    public Optional<Duration> remaining() {
        double rate = bytesPerSecond();
        long left = Math.max(0, bytesTotal - bytesDone);
        return rate <= 0 ? Optional.empty() : Optional.of(Duration.ofMillis(Math.round(left * 1e3 / rate)));
    }
}
