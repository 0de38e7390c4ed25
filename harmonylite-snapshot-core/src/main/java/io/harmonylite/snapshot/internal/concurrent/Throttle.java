package io.harmonylite.snapshot.internal.concurrent;

import java.io.InterruptedIOException;
import java.util.concurrent.TimeUnit;

/** Limits bytes to a rate by delaying the threads that pass them. Thread-safe. */
public final class Throttle {

    private static final long SHORTEST_NANOS = 1_000_000; // A sleep lasts about this long, however short it should be.

    private final ByteRate rate;
    private final Pause pause;

    Throttle(ByteRate rate, Pause pause) {
        this.rate = rate;
        this.pause = pause;
    }

    /** Returns a throttle that uses the system's monotonic clock. */
    public static Throttle of(long bytesPerSecond) {
        return new Throttle(new ByteRate(bytesPerSecond), new SystemPause());
    }

    /** Waits until more bytes may pass. A wait of less than a millisecond is added to the next one. */
    public void passed(long bytes) throws InterruptedIOException {
        try {
            long nanos = rate.take(bytes, pause.nanoTime());
            if (nanos >= SHORTEST_NANOS) {
                pause.sleep(nanos);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("interrupted while throttled");
            interrupted.initCause(e);
            throw interrupted;
        }
    }

    /** Time, and a way to wait. */
    interface Pause {

        long nanoTime();

        void sleep(long nanos) throws InterruptedException;
    }

    private static final class SystemPause implements Pause {

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public void sleep(long nanos) throws InterruptedException {
            TimeUnit.NANOSECONDS.sleep(nanos);
        }
    }
}
