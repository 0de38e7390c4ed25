package io.harmonylite.snapshot.internal.concurrent;

/**
 * Computes waiting times that limit bytes to a rate: a token bucket without a burst, so that a pause is not followed by
 * a peak. Thread-safe; the caller supplies the time.
 */
final class ByteRate {

    private static final double NANOS_PER_SECOND = 1e9;

    private final double nanosPerByte;
    private long freeAt;
    private boolean begun;

    ByteRate(long bytesPerSecond) {
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException("the rate must be at least 1 byte per second, not " + bytesPerSecond);
        }
        nanosPerByte = NANOS_PER_SECOND / bytesPerSecond;
    }

    /** Takes bytes that have passed; returns the nanoseconds until more may pass. */
    synchronized long take(long bytes, long now) {
        if (!begun || freeAt - now < 0) {
            begun = true;
            freeAt = now;
        }
        freeAt += Math.round(bytes * nanosPerByte);
        return freeAt - now;
    }
}
