package io.harmonylite.snapshot.internal.sequence;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes numbered changes, one write at a time, each with everything that was there when it began: who comes while one
 * runs shares the next with all others that came. The writing is done by one of the callers. Thread-safe.
 */
final class GroupCommit {

    /** How often a writer steps back for each caller it may wait for; a few microseconds in all where nobody comes. */
    private static final int TURNS = 8;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private final Write write;
    private long written;
    private final AtomicInteger waiting = new AtomicInteger();
    private boolean writing;
    private volatile int expected;

    GroupCommit(Write write) {
        this.write = write;
    }

    /**
     * Returns when a change is written. An exception is that of this caller's own write: others try again themselves.
     * Interrupts are kept and do not matter.
     */
    void await(long change) {
        while (lead(change)) {
            long done = 0;
            try {
                gather();
                done = write.run();
            } finally {
                end(done);
            }
        }
    }

    /** As {@link #await}, but leaves it to the thread that is writing, if there is one, to write what it has. */
    void offer(long change) {
        lock.lock();
        try {
            if (writing) {
                return;
            }
        } finally {
            lock.unlock();
        }
        await(change);
    }

    /** Waits while another writes; true where this thread is to write. */
    private boolean lead(long change) {
        lock.lock();
        try {
            waiting.incrementAndGet();
            while (writing && written < change) {
                ended.awaitUninterruptibly();
            }
            waiting.decrementAndGet();
            if (written >= change) {
                return false;
            }
            writing = true;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whom the last write has served is likely to count again at once. Without this every second write would find half of
     * the callers not back yet, and they would wait through it.
     */
    @SuppressWarnings("ThreadPriorityCheck") // A hint is all that is meant: nothing but speed depends on it.
    private void gather() {
        for (int turn = TURNS * expected; turn > 0 && waiting.get() < expected; turn--) {
            Thread.yield();
        }
    }

    private void end(long done) {
        lock.lock();
        try {
            writing = false;
            expected = waiting.get();
            written = Math.max(written, done);
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Writes. */
    @FunctionalInterface
    interface Write {

        /**
         * Writes all changes there are, durably.
         *
         * @return the number of the last one
         */
        long run();
    }
}
