package io.harmonylite.snapshot.internal.concurrent;

/**
 * How long to wait so that bytes pass no faster than a rate: a token bucket that saves up nothing, so that a pause is followed
 * by no flood. Several may take from it; each waits for what was taken before. Thread-safe; knows no clock.
 */
final class ByteRate {

    private static final double NANOS_PER_SECOND = 1e9;

    private final double nanosPerByte;
    private long freeAt;
    private boolean begun;

    ByteRate(long bytesPerSecond) {
        if (bytesPerSecond < 1) {
            throw new IllegalArgumentException("a rate is at least 1 byte per second, not " + bytesPerSecond);
        }
        nanosPerByte = NANOS_PER_SECOND / bytesPerSecond;
    }

    /**
     * Takes bytes that have passed.
     *
     * @param now the time in nanoseconds, of any origin
     * @return for how many nanoseconds no more may pass
     */
    synchronized long take(long bytes, long now) {
        if (!begun || freeAt - now < 0) {
            begun = true;
            freeAt = now;
        }
        freeAt += Math.round(bytes * nanosPerByte);
        return freeAt - now;
    }
}
