package io.harmonylite.snapshot.internal.watch;

import org.jspecify.annotations.Nullable;

/**
 * One run of a duty on one thread, which others may cut short. The thread is only interrupted while it works for us, and
 * given back without a trace of it. Thread-safe.
 */
final class DutyRun {

    /** Why it was cut short. */
    enum Cut {
        /** It was not. */
        NONE,
        /** It lasted too long. */
        DEADLINE,
        /** The loop was closed. */
        CLOSE
    }

    private @Nullable Thread thread;
    private boolean working;
    private Cut cut = Cut.NONE;
    private boolean ended;

    /** The current thread begins; not at all where the run was cut before: whoever did that sees to its end. */
    synchronized boolean begin() {
        if (ended || cut != Cut.NONE) {
            return false;
        }
        thread = Thread.currentThread();
        working = true;
        return true;
    }

    /** Cuts it short; the first reason counts. */
    synchronized void cut(Cut reason) {
        if (cut == Cut.NONE && !ended) {
            cut = reason;
            if (working && thread != null) {
                thread.interrupt();
            }
        }
    }

    /** The thread has done what it does; an interrupt of ours is taken back. */
    synchronized Cut finish() {
        working = false;
        if (cut != Cut.NONE) {
            Thread.interrupted();
        }
        return cut;
    }

    /** All is over, the report too. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Where no thread has begun with it, none will, and it is over: who was asked to run it may have ended, and never will. */
    synchronized boolean cancelUnlessBegun() {
        boolean isOver = thread == null && !ended;
        if (isOver) {
            cut = Cut.CLOSE;
            ended = true;
        }
        return isOver;
    }

    /** Whether it runs on the current thread. */
    synchronized boolean isOnThisThread() {
        return !ended && thread == Thread.currentThread();
    }

    /**
     * Waits for its end, also while the waiting thread is interrupted: that is passed on to the run, and kept. Does not wait
     * for the current thread itself.
     */
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
