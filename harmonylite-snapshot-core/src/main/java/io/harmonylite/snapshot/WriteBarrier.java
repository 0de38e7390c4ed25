package io.harmonylite.snapshot;

import java.util.Objects;
import java.util.concurrent.locks.Lock;

/**
 * Keeps the host's writers away from a database while an online restore gives it new content. Readers need no barrier:
 * they see the old state or the new one. A writer does: what it commits during the restore would be replaced with the old
 * content, and what it read before and writes after would mix the two.
 *
 * <p>{@link #hold} is called on the restoring thread, once per restore, after the image was fetched and verified and
 * before anything of this node is carried over into it. It returns when no transaction that writes is open, and from then
 * on none begins, in no process, until the hold is closed. It may block, also for long; it ends early with {@link
 * InterruptedException} where the thread is interrupted. What it throws reaches the caller of the restore, and the
 * database is untouched.
 */
@FunctionalInterface
public interface WriteBarrier {

    /** Waits until nobody writes, and sees to it that nobody begins to. */
    Hold hold() throws InterruptedException;

    /** The host's word that nobody writes while the restore runs, neither in this process nor in another. */
    static WriteBarrier nobodyWrites() {
        return () -> () -> {};
    }

    /** Holds a lock that every writer of the host holds while it writes; of a read-write lock, its write lock. */
    static WriteBarrier of(Lock lock) {
        Objects.requireNonNull(lock, "lock");
        return () -> {
            lock.lockInterruptibly();
            return lock::unlock;
        };
    }

    /** The time in which nobody writes. */
    @FunctionalInterface
    interface Hold extends AutoCloseable {

        /**
         * Lets writers go on. Called once, on the thread that called {@link WriteBarrier#hold}, however the restore ended.
         * What it throws reaches the caller of the restore, also of one that is done.
         */
        @Override
        void close();
    }
}
