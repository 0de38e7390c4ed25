package io.harmonylite.snapshot.internal.watch;

import java.time.Duration;

/** First and longest wait after failures. Immutable. */
record Backoff(Duration first, Duration longest) {

    /** Returns the wait after a number of failures in a row: doubled after each further one. */
    Duration after(int failures) {
        Duration wait = first;
        for (int failure = 1; failure < failures && wait.compareTo(longest) < 0; failure++) {
            wait = wait.multipliedBy(2);
        }
        return wait.compareTo(longest) < 0 ? wait : longest;
    }
}
