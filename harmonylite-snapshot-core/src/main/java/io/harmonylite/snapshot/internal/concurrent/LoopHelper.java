package io.harmonylite.snapshot.internal.concurrent;

import org.jspecify.annotations.Nullable;

/**
 * A helper of a loop on a thread of the host's executor. Joined before it begins, it never begins; once joined it
 * references nothing, because a loop may hold large buffers. Its thread returns with a clear interrupt flag.
 */
final class LoopHelper implements Runnable {

    private enum State {
        WAITING,
        WORKING,
        DONE
    }

    private @Nullable WorkQueue steps;
    private State state = State.WAITING;
    private boolean interrupted;
    private @Nullable Thread thread;

    LoopHelper(WorkQueue steps) {
        this.steps = steps;
    }

    @Override
    public void run() {
        WorkQueue begun = begin();
        if (begun == null) {
            return;
        }
        try {
            begun.work();
        } finally {
            end();
        }
    }

    private synchronized @Nullable WorkQueue begin() {
        if (state != State.WAITING) {
            return null;
        }
        state = State.WORKING;
        thread = Thread.currentThread();
        return steps;
    }

    private synchronized void end() {
        state = State.DONE;
        steps = null;
        thread = null;
        if (interrupted) {
            Thread.interrupted();
        }
        notifyAll();
    }

    /** Waits until the helper has stopped. An interrupt is passed on to the helper, recorded as failure, and kept. */
    void join(WorkQueue of) {
        boolean wasInterrupted = false;
        synchronized (this) {
            if (state == State.WAITING) {
                state = State.DONE;
                steps = null;
            }
            while (state == State.WORKING) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    wasInterrupted = true;
                    interruptThread();
                }
            }
        }
        if (wasInterrupted) {
            of.fail(Interruption.interrupted(null));
        }
    }

    private void interruptThread() {
        if (thread != null) {
            interrupted = true;
            thread.interrupt();
        }
    }
}
