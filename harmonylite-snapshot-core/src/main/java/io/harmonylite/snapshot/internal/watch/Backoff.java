package io.harmonylite.snapshot.internal.watch;

import java.time.Duration;

/**
 * How long to wait after failures. Immutable.
 *
 * @param first after one
 * @param longest at most, however many there were
 */
record Backoff(Duration first, Duration longest) {

    /** Twice as long after each further one. */
    Duration after(int failures) {
        Duration wait = first;
        for (int failure = 1; failure < failures && wait.compareTo(longest) < 0; failure++) {
            wait = wait.multipliedBy(2);
        }
        return wait.compareTo(longest) < 0 ? wait : longest;
    }
}
