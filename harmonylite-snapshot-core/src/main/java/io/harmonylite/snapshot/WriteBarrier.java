package io.harmonylite.snapshot;

import java.util.Objects;
import java.util.concurrent.locks.Lock;

/**
 * Blocks the host's writers while an online restore replaces the content of a database. Readers need no barrier: they
 * see the old state or the new one. A writer needs one. The restore would overwrite what it commits, and a writer that
 * reads before the restore and writes after it would mix both states.
 *
 * <p>{@link #hold} is called once per restore, on the restoring thread: after the image was fetched and verified, and
 * before pending changes are carried over into it. It returns when no write transaction is open in any process. From
 * then on no write transaction may begin until the hold is closed. It may block for a long time, and throws {@link
 * InterruptedException} if the thread is interrupted. Its exceptions reach the caller of the restore, and the database
 * is untouched.
 */
@FunctionalInterface
public interface WriteBarrier {

    /**
     * Waits until no write transaction is open, and prevents new ones from beginning.
     *
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    Hold hold() throws InterruptedException;

    /**
     * Returns a barrier that does nothing. The host promises that no writer, in this process or another, is active
     * during the restore.
     */
    static WriteBarrier noWriters() {
        return () -> () -> {};
    }

    /**
     * Returns a barrier that holds a lock which every writer of the host holds while it writes. Pass the write lock of
     * a read-write lock.
     */
    static WriteBarrier of(Lock lock) {
        Objects.requireNonNull(lock, "lock");
        return () -> {
            lock.lockInterruptibly();
            return lock::unlock;
        };
    }

    /** The time during which writers are blocked. */
    @FunctionalInterface
    interface Hold extends AutoCloseable {

        /**
         * Lets writers continue. Called once, on the thread that called {@link WriteBarrier#hold}, whatever the outcome
         * of the restore. Its exceptions reach the caller of the restore, even if the restore succeeded.
         */
        @Override
        void close();
    }
}
