package io.harmonylite.snapshot.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.internal.concurrent.ParallelLoop.Worker;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ParallelLoopTest {

    /** The executor of a host with many databases is busy with other work for long after a take has ended. */
    @Test
    void run_helpersStayInTheQueue_areDoneAndHoldNothingOfTheLoop() throws Exception {
        Deque<Runnable> queue = new ArrayDeque<>();
        AtomicInteger steps = new AtomicInteger();
        WeakReference<?> worker = run(new ParallelLoop(queue::add, 4), steps);
        assertThat(steps).hasValue(9);
        assertThat(queue).hasSize(3);
        for (int i = 0; i < 100 && worker.get() != null; i++) {
            System.gc();
            Thread.sleep(10);
        }
        assertThat(worker.get()).isNull();
        queue.forEach(Runnable::run);
        assertThat(steps).hasValue(9);
    }

    private static WeakReference<?> run(ParallelLoop loop, AtomicInteger steps) {
        Worker worker = new Counter(steps);
        loop.run(9, () -> worker);
        return new WeakReference<>(worker);
    }

    private record Counter(AtomicInteger steps) implements Worker {

        @Override
        public void step(int number) {
            steps.incrementAndGet();
        }
    }
}
