package io.harmonylite.snapshot.internal.concurrent;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Runs numbered steps on the calling thread and on helpers of an executor. The calling thread always works too, so the
 * loop ends even where the executor is busy, rejects, or runs tasks on the caller. The first failure, or an interrupt of
 * the calling thread, stops the others, and is thrown when all of them have stopped. Thread-safe.
 */
public final class ParallelLoop {

    private final Executor executor;
    private final int parallelism;

    /**
     * Creates a loop.
     *
     * @param parallelism how many threads work at once, the calling one included
     */
    public ParallelLoop(Executor executor, int parallelism) {
        this.executor = executor;
        this.parallelism = parallelism;
    }

    /**
     * Runs the steps 0 to {@code count - 1}, each once, started in this order.
     *
     * @param workers makes what one thread works with; it is closed by that thread
     * @throws io.harmonylite.snapshot.exception.SnapshotInterruptedException where the calling thread is interrupted
     */
    public void run(int count, WorkerFactory workers) {
        Steps steps = new Steps(count, workers);
        List<LoopHelper> helpers = startHelpers(steps, Math.min(parallelism, count) - 1);
        steps.work();
        helpers.forEach(helper -> helper.join(steps));
        steps.finish();
    }

    private List<LoopHelper> startHelpers(Steps steps, int wanted) {
        List<LoopHelper> helpers = new ArrayList<>();
        try {
            for (int i = 0; i < wanted; i++) {
                LoopHelper helper = new LoopHelper(steps);
                executor.execute(helper);
                helpers.add(helper);
            }
        } catch (RejectedExecutionException e) {
            return helpers; // Fewer help, then: the calling thread does what is left.
        }
        return helpers;
    }

    /** Does steps; used by one thread. */
    public interface Worker extends AutoCloseable {

        /** Does one step. */
        void step(int number) throws Exception;

        @Override
        default void close() {}
    }

    /** Makes a worker for each thread that takes part. */
    @FunctionalInterface
    public interface WorkerFactory {

        /** A worker for the calling thread. */
        Worker create();
    }
}
