package io.harmonylite.snapshot;

import java.time.Duration;
import java.util.Optional;

/**
 * The progress of one stage. Immutable.
 *
 * @param stage the stage
 * @param bytesDone bytes of the image that are done; of a copy, bytes of packs
 * @param bytesTotal bytes of the whole image; of a copy, bytes of the packs to transfer
 * @param elapsed time since the stage began
 */
public record Progress(Stage stage, long bytesDone, long bytesTotal, Duration elapsed) {

    private static final double NANOS = 1e9;

    /** Rejects negative values. */
    public Progress {
        if (bytesDone < 0 || bytesTotal < 0 || elapsed.isNegative()) {
            throw new IllegalArgumentException(
                    "invalid progress: " + bytesDone + " of " + bytesTotal + " bytes in " + elapsed);
        }
    }

    /** Returns the share that is done, from 0 to 1; 1 if there is nothing to do. */
    public double share() {
        return bytesTotal == 0 ? 1 : Math.min(1, (double) bytesDone / bytesTotal);
    }

    /** Returns the average rate since the stage began, in bytes per second; 0 if no time has elapsed. */
    public double bytesPerSecond() {
        return elapsed.isZero() ? 0 : bytesDone * NANOS / elapsed.toNanos();
    }

    /** Returns the estimated remaining time at the average rate; empty if there is no rate yet. */
    public Optional<Duration> remaining() {
        double rate = bytesPerSecond();
        long left = Math.max(0, bytesTotal - bytesDone);
        return rate <= 0 ? Optional.empty() : Optional.of(Duration.ofMillis(Math.round(left * 1e3 / rate)));
    }
}
