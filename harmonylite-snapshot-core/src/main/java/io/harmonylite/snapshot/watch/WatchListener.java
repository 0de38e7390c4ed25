package io.harmonylite.snapshot.watch;

/**
 * Receives the reports of the watch loop. Called on the thread that ran the duty, which waits for the call: return
 * quickly. Duties may report concurrently, so implementations must be thread-safe. An exception is logged and has no
 * other effect.
 */
@FunctionalInterface
public interface WatchListener {

    /** Receives the report of a run, including runs that found nothing to do. */
    void reported(WatchReport report);

    /** Returns a listener that ignores all reports. */
    static WatchListener none() {
        return report -> {};
    }
}
