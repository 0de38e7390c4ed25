package io.harmonylite.snapshot.internal.concurrent;

import io.harmonylite.snapshot.internal.concurrent.ParallelLoop.Worker;
import io.harmonylite.snapshot.internal.concurrent.ParallelLoop.WorkerFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The remaining steps of a loop, and the first failure among them. Thread-safe. */
final class WorkQueue {

    private final int count;
    private final WorkerFactory workers;
    private final AtomicInteger next = new AtomicInteger();
    private volatile @Nullable Throwable failure;

    WorkQueue(int count, WorkerFactory workers) {
        this.count = count;
        this.workers = workers;
    }

    /** Runs steps until none is left or one has failed. */
    void work() {
        try (Worker worker = workers.create()) {
            for (int step = take(); step < count; step = take()) {
                Interruption.check();
                worker.step(step);
            }
        } catch (Throwable e) { // The calling thread throws any failure.
            fail(e);
        }
    }

    private int take() {
        return failure == null ? next.getAndIncrement() : count;
    }

    synchronized void fail(Throwable thrown) {
        if (failure == null) {
            failure = thrown;
        } else if (failure != thrown) {
            failure.addSuppressed(thrown);
        }
    }

    /** Throws the first failure unchanged, if there is one. */
    void finish() {
        if (failure != null) {
            WorkQueue.<RuntimeException>throwUnchecked(failure);
        }
    }

    @SuppressWarnings("unchecked") // Not checked at run time: steps may throw anything, and callers see it unchanged.
    private static <T extends Throwable> void throwUnchecked(Throwable thrown) throws T {
        throw (T) thrown;
    }
}
