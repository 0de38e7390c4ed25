package io.harmonylite.snapshot.watch;

/**
 * Told what the loop does. Called on the thread that did it, which waits for it: it should return quickly. Duties may report
 * at the same time, so it is thread-safe. What it throws is logged and changes nothing.
 */
@FunctionalInterface
public interface WatchListener {

    /** A run of a duty has ended, also one that found nothing to do. */
    void reported(WatchReport report);

    /** Listens to nothing. */
    static WatchListener none() {
        return report -> {};
    }
}
