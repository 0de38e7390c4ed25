package io.harmonylite.snapshot.sequence;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes numbered changes, one write at a time, by one of the callers: those that arrive during a write share the next
 * one. Thread-safe.
 */
final class GroupCommit {

    /** How often a writer yields for each caller that it expects; a few microseconds in all if none arrives. */
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

    /** Returns when a change is written; throws only if this caller's own write failed. Keeps an interrupt. */
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

    /** Writes a change as {@link #await} does, but returns at once if another thread is writing. */
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

    /** Waits while another thread writes; returns true if this thread must write. */
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

    /** Yields to the callers that the last write served: otherwise every second write misses half of them. */
    @SuppressWarnings("ThreadPriorityCheck") // Only a hint: nothing but speed depends on it.
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

    /** Writes changes. */
    @FunctionalInterface
    interface Write {

        /** Writes all changes durably; returns the number of the last one. */
        long run();
    }
}
