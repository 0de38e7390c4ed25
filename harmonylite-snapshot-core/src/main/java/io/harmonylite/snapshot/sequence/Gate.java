package io.harmonylite.snapshot.sequence;

import io.harmonylite.snapshot.exception.ConcurrentRestoreException;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.internal.concurrent.Interruption;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * A read-write lock for a map: counts share it. Rejects counts that waited for a restore, because their data was
 * replaced. Thread-safe.
 */
final class Gate {

    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private final String name;
    private final AtomicLong restores = new AtomicLong();
    private volatile State state = State.OPEN;

    Gate(String name) {
        this.name = name;
    }

    /** Enters in order to count; {@link Pass#close} leaves. Ignores interrupts and keeps the flag. */
    Pass enter() {
        long before = restores.get();
        lock.readLock().lock();
        return pass(before);
    }

    /** Enters as {@link #enter} does, but throws if the thread is interrupted: nothing has been done yet. */
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
                        + " applying, and continue from the map's positions after the restore");
            }
            return shared::unlock;
        } catch (RuntimeException e) {
            shared.unlock();
            throw e;
        }
    }

    /** Runs work while no count runs; throws if the thread is interrupted before that. */
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

    /** Runs work while no count runs. */
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

    /** Throws if a restore runs. Called inside {@link #alone}. */
    void requireNoRestore() {
        if (state == State.RESTORING) {
            throw new SnapshotInProgressException("the data that belongs to " + name
                    + " is being replaced by a restore; wait until it is done. If it failed after the data was"
                    + " replaced, recover");
        }
    }

    /** Rejects counts from now on, and those that wait already. */
    void beginRestore() {
        aloneInterruptibly(() -> {
            requireNoRestore();
            state = State.RESTORING;
            return restores.incrementAndGet();
        });
    }

    /** Accepts counts that begin from now on. */
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

    /** Waits for running work and rejects everything after it. Returns false if the gate was closed before. */
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

    /** Returns whether this thread has entered exactly once, so that it runs no action of this map. */
    boolean isOutermost() {
        return lock.getReadHoldCount() == 1;
    }

    /** Throws if this thread is inside an action: it would wait for itself. */
    void requireOutside() {
        if (lock.getReadHoldCount() > 0) {
            throw new IllegalStateException(
                    "called from inside an action of " + name + ": it would wait for that action to end");
        }
    }

    /** Throws if the gate is closed. Waits for no other thread. */
    void checkOpen() {
        if (state == State.CLOSED) {
            throw new IllegalStateException(name + " is closed");
        }
    }

    private enum State {
        OPEN,
        RESTORING,
        CLOSED
    }

    /** The right to count, closed by the thread that entered. */
    interface Pass extends AutoCloseable {

        @Override
        void close();
    }
}
