package io.harmonylite.snapshot.nats;

import java.io.Serial;

/** Carries the end of a feed from the place where it is found. */
final class FeedStopped extends Exception {

    @Serial
    private static final long serialVersionUID = 1L;

    private final transient FeedEnd end;

    FeedStopped(FeedEnd end) {
        super(end.sentence());
        this.end = end;
    }

    FeedEnd end() {
        return end;
    }
}
