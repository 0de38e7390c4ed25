package io.harmonylite.snapshot.internal.concurrent;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Runs numbered steps on helpers of an executor and on the calling thread, so that the loop ends even if the executor
 * is busy or rejects tasks. The first failure, or an interrupt, stops all threads and is thrown when they have stopped.
 * Thread-safe.
 */
public final class ParallelLoop {

    private final Executor executor;
    private final int parallelism;

    /** Creates a loop that uses at most {@code parallelism} threads, including the calling one. */
    public ParallelLoop(Executor executor, int parallelism) {
        this.executor = executor;
        this.parallelism = parallelism;
    }

    /** Runs the steps 0 to {@code count - 1}, each once, in this order. Each thread creates and closes its worker. */
    public void run(int count, WorkerFactory workers) {
        WorkQueue steps = new WorkQueue(count, workers);
        List<LoopHelper> helpers = startHelpers(steps, Math.min(parallelism, count) - 1);
        steps.work();
        helpers.forEach(helper -> helper.join(steps));
        steps.finish();
    }

    private List<LoopHelper> startHelpers(WorkQueue steps, int wanted) {
        List<LoopHelper> helpers = new ArrayList<>();
        try {
            for (int i = 0; i < wanted; i++) {
                LoopHelper helper = new LoopHelper(steps);
                executor.execute(helper);
                helpers.add(helper);
            }
        } catch (RejectedExecutionException e) {
            return helpers; // With fewer helpers, the calling thread runs the remaining steps.
        }
        return helpers;
    }

    /** Runs steps; used by one thread. */
    public interface Worker extends AutoCloseable {

        /** Runs one step. */
        void step(int number) throws Exception;

        @Override
        default void close() {}
    }

    /** Creates a worker for each thread that takes part. */
    @FunctionalInterface
    public interface WorkerFactory {

        /** Creates a worker for the calling thread. */
        Worker create();
    }
}
