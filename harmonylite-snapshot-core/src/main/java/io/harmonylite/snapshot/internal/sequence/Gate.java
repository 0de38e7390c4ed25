package io.harmonylite.snapshot.internal.sequence;

import io.harmonylite.snapshot.exception.ConcurrentRestoreException;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.internal.concurrent.Interruption;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Lets any number of counts through at once, and whatever must see no half-applied message alone. Counts that were begun
 * before a restore, and waited, are refused when they get through: their data is gone. Thread-safe.
 */
final class Gate {

    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final String name;
    private final AtomicLong restores = new AtomicLong();
    private State state = State.OPEN;

    Gate(String name) {
        this.name = name;
    }

    /** Counts; the caller leaves by {@link Pass#close}. Interrupts are kept and do not matter. */
    Pass enter() {
        long before = restores.get();
        lock.readLock().lock();
        return pass(before);
    }

    /** As {@link #enter}, where nothing has been done yet: an interrupt ends it. */
    Pass enterInterruptibly() {
        long before = restores.get();
        try {
            lock.readLock().lockInterruptibly();
        } catch (InterruptedException e) {
            throw Interruption.interrupted(e);
        }
        return pass(before);
    }

    private Pass pass(long before) {
        Lock shared = lock.readLock();
        try {
            checkOpen();
            if (state == State.RESTORING || before != restores.get()) {
                throw new ConcurrentRestoreException("the data that belongs to " + name
                        + " is being replaced by a restore, or was since the call began: nothing was counted. Stop"
                        + " applying, and start again from the map's positions when the restore is done");
            }
            return shared::unlock;
        } catch (RuntimeException e) {
            shared.unlock();
            throw e;
        }
    }

    /** Runs something while nothing counts, unless the thread is interrupted before that. */
    <T> T aloneInterruptibly(Supplier<T> work) {
        requireOutside();
        try {
            lock.writeLock().lockInterruptibly();
        } catch (InterruptedException e) {
            throw Interruption.interrupted(e);
        }
        try {
            return alone(work);
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Runs something while nothing counts. */
    <T> T alone(Supplier<T> work) {
        requireOutside();
        lock.writeLock().lock();
        try {
            checkOpen();
            return work.get();
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** From within {@link #alone}: refuses to go on while a restore runs. */
    void requireNoRestore() {
        if (state == State.RESTORING) {
            throw new SnapshotInProgressException("the data that belongs to " + name
                    + " is being replaced by a restore; wait until it is done. Where it failed after the data was"
                    + " replaced, recover");
        }
    }

    /** Refuses counts from now on, those too that wait already. */
    void beginRestore() {
        aloneInterruptibly(() -> {
            requireNoRestore();
            state = State.RESTORING;
            return restores.incrementAndGet();
        });
    }

    /** Lets counts through that begin from now on. */
    void endRestore() {
        lock.writeLock().lock();
        try {
            if (state == State.RESTORING) {
                state = State.OPEN;
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Refuses everything from now on, when what has begun is done; false where that was done before. */
    boolean close() {
        requireOutside();
        lock.writeLock().lock();
        try {
            boolean first = state != State.CLOSED;
            state = State.CLOSED;
            return first;
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Refuses a thread that is inside an action: it would wait for itself. */
    void requireOutside() {
        if (lock.getReadHoldCount() > 0) {
            throw new IllegalStateException(
                    "called from inside an action of " + name + ": it would wait for that action to end");
        }
    }

    private void checkOpen() {
        if (state == State.CLOSED) {
            throw new IllegalStateException(name + " is closed");
        }
    }

    private enum State {
        OPEN,
        RESTORING,
        CLOSED
    }

    /** Being inside. Closed by the thread that entered. */
    interface Pass extends AutoCloseable {

        @Override
        void close();
    }
}
