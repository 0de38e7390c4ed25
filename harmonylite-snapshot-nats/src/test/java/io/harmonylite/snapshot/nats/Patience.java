package io.harmonylite.snapshot.nats;

import io.harmonylite.snapshot.exception.StoreUnavailableException;
import io.harmonylite.snapshot.exception.StreamUnavailableException;
import io.nats.client.JetStreamApiException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.Callable;

/** Asks again and again, for a minute at most: a cluster that elects leaders does not answer every time. */
final class Patience {

    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final int PAUSE_MILLIS = 20;

    private Patience() {}

    /** The first answer that is no failure. */
    static <T> T answer(Callable<T> request) throws Exception {
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
     * Waits until something is so.
     *
     * @param state says by its {@code toString} how it stands where that does not happen
     */
    static void until(Callable<Boolean> condition, Object state) throws Exception {
        long end = System.nanoTime() + LONGEST.toNanos();
        while (!answer(condition)) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("it does not happen; now " + state);
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }
}
