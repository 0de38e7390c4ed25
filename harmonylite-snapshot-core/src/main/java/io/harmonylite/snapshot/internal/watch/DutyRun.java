package io.harmonylite.snapshot.internal.watch;

import org.jspecify.annotations.Nullable;

/** One run of a duty on one thread, which is interrupted only while it runs the duty. Thread-safe. */
final class DutyRun {

    /** Reason why a run was cancelled. */
    enum Cut {
        /** The run was not cancelled. */
        NONE,
        /** The run exceeded its deadline. */
        DEADLINE,
        /** The loop was closed. */
        CLOSE
    }

    private @Nullable Thread thread;
    private boolean working;
    private Cut cut = Cut.NONE;
    private boolean ended;

    /** Begins the run on the current thread. Returns false if it was cancelled, and so ended, before. */
    synchronized boolean begin() {
        if (ended || cut != Cut.NONE) {
            return false;
        }
        thread = Thread.currentThread();
        working = true;
        return true;
    }

    /** Cancels the run. The first reason counts. */
    synchronized void cut(Cut reason) {
        if (cut == Cut.NONE && !ended) {
            cut = reason;
            if (working && thread != null) {
                thread.interrupt();
            }
        }
    }

    /** Ends the work of the duty, and clears an interrupt that came from a cancellation. */
    synchronized Cut finish() {
        working = false;
        if (cut != Cut.NONE) {
            Thread.interrupted();
        }
        return cut;
    }

    /** Ends the run, after its report. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Ends the run if no thread has begun it, because its executor may have been shut down. Returns whether it did. */
    synchronized boolean cancelUnlessBegun() {
        boolean isOver = thread == null && !ended;
        if (isOver) {
            cut = Cut.CLOSE;
            ended = true;
        }
        return isOver;
    }

    /** Returns whether the run is on the current thread. */
    synchronized boolean isOnThisThread() {
        return !ended && thread == Thread.currentThread();
    }

    /** Waits for the end of the run, unless on its own thread. An interrupt cancels the run and is kept. */
    void await() {
        boolean wasInterrupted = false;
        synchronized (this) {
            while (!ended && !isOnThisThread()) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    wasInterrupted = true;
                    cut(Cut.CLOSE);
                }
            }
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
