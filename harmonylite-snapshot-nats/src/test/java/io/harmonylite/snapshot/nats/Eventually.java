package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.exception.StoreUnavailableException;
import io.harmonylite.snapshot.exception.StreamUnavailableException;
import io.nats.client.JetStreamApiException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.Callable;

/** Repeats a request for up to one minute, because a cluster that elects leaders does not answer every time. */
final class Eventually {

    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final int PAUSE_MILLIS = 20;

    private Eventually() {}

    /** Returns the first successful answer. */
    static <T> T get(Callable<T> request) throws Exception {
        long end = System.nanoTime() + LONGEST.toNanos();
        while (true) {
            try {
                return request.call();
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException
                    | JetStreamApiException
                    | IllegalStateException
                    | StoreUnavailableException
                    | StreamUnavailableException e) {
                if (System.nanoTime() - end > 0) {
                    throw e;
                }
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    /**
     * Waits until a condition is true.
     *
     * @param state described by its {@code toString} if the condition stays false
     */
    static void isTrue(Callable<Boolean> condition, Object state) throws Exception {
        long end = System.nanoTime() + LONGEST.toNanos();
        while (!get(condition)) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("the condition stays false: " + state);
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }
}
