package io.harmonylite.snapshot;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A scheduler and a clock that a test advances. Tasks that become due run in order on the thread that advances the
 * clock. Thread-safe.
 */
public final class ManualScheduler extends AbstractExecutorService implements ScheduledExecutorService, InstantSource {

    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparing((Task task) -> task.due).thenComparing(task -> task.number));
    private Instant now = Instant.parse("2026-11-24T00:00:00Z");
    private long numbers;
    private boolean ended;

    @Override
    public synchronized Instant instant() {
        return now;
    }

    /** Advances the clock, and runs the tasks that become due. */
    public void advance(Duration time) {
        Instant end = instant().plus(time);
        for (Task task = next(end); task != null; task = next(end)) {
            task.run();
        }
        synchronized (this) {
            now = end;
        }
    }

    private synchronized Task next(Instant end) {
        tasks.removeIf(Task::isCancelled);
        Task task = tasks.peek();
        if (task == null || task.due.isAfter(end)) {
            return null;
        }
        tasks.remove();
        now = task.due.isAfter(now) ? task.due : now;
        return task;
    }

    /** Returns the number of waiting tasks. */
    public synchronized int waiting() {
        tasks.removeIf(Task::isCancelled);
        return tasks.size();
    }

    @Override
    public synchronized ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        if (ended) {
            throw new RejectedExecutionException("the scheduler has ended");
        }
        Task task = new Task(command, now.plus(unit.toNanos(delay), java.time.temporal.ChronoUnit.NANOS), numbers++);
        tasks.add(task);
        return task;
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long delay, long period, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long delay, long period, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void execute(Runnable command) {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized void shutdown() {
        ended = true;
    }

    @Override
    public synchronized List<Runnable> shutdownNow() {
        ended = true;
        return List.of();
    }

    @Override
    public synchronized boolean isShutdown() {
        return ended;
    }

    @Override
    public boolean isTerminated() {
        return isShutdown();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return isShutdown();
    }

    private final class Task extends FutureTask<Void> implements ScheduledFuture<Void> {

        private final Instant due;
        private final long number;

        Task(Runnable command, Instant due, long number) {
            super(command, null);
            this.due = due;
            this.number = number;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(Duration.between(instant(), due));
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }
}
