package io.harmonylite.snapshot;

import io.harmonylite.snapshot.internal.concurrent.ParallelLoop;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.file.SystemFileOperations;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.runtime.Stages;
import io.harmonylite.snapshot.internal.sqlite.SqliteConnector;
import java.security.SecureRandom;
import java.sql.Connection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * Options that {@link SnapshotManager} and {@link SnapshotRepository} share. Defaults:
 *
 * <ul>
 *   <li>work is done on the calling thread and on worker threads that end with the call
 *   <li>parallelism: the number of processors, at most one for each 64 MiB of heap
 *   <li>connections are used as SQLite opens them, and wait 5 seconds for locks that others hold
 *   <li>nobody listens
 * </ul>
 *
 * <p>Builders are not thread-safe.
 *
 * @param <B> the builder itself
 */
public abstract sealed class CommonOptions<B extends CommonOptions<B>>
        permits ManagerOptions, SnapshotRepository.Builder {

    private static final long HEAP_PER_WORKER = 64L << 20;

    private Executor executor = CommonOptions::startWorker;
    private int parallelism = Runtime.getRuntime().availableProcessors();
    private ConnectionCustomizer customizer = ConnectionCustomizer.none();
    private Duration busyTimeout = Duration.ofSeconds(5);
    private SnapshotListener listener = SnapshotListener.none();
    private InstantSource clock = InstantSource.system();
    private RandomGenerator random = new SecureRandom();
    private FileOperations files = new SystemFileOperations();
    private UnaryOperator<Connection> connections = UnaryOperator.identity();

    CommonOptions() {}

    /**
     * Where work is done beside the calling thread. An executor that is busy, or rejects, makes a call slower and nothing
     * else; it is never shut down.
     */
    public B executor(Executor value) {
        executor = Objects.requireNonNull(value, "executor");
        return self();
    }

    /**
     * How many threads work at once, the calling one included; one for each 64 MiB of heap at most, and at least one.
     *
     * @throws IllegalArgumentException where it is less than 1
     */
    public B parallelism(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("parallelism is at least 1, not " + threads);
        }
        parallelism = threads;
        return self();
    }

    /** Prepares every connection that is opened. */
    public B connectionCustomizer(ConnectionCustomizer value) {
        customizer = Objects.requireNonNull(value, "connectionCustomizer");
        return self();
    }

    /** How long SQLite waits for a lock that others hold. */
    public B busyTimeout(Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException("a time-out is not negative: " + value);
        }
        busyTimeout = value;
        return self();
    }

    /** Who is told how the work goes on. */
    public B listener(SnapshotListener value) {
        listener = Objects.requireNonNull(value, "listener");
        return self();
    }

    /** What time it is: written into manifests for people to read, and nothing is decided by it. */
    public B clock(InstantSource value) {
        clock = Objects.requireNonNull(value, "clock");
        return self();
    }

    /** What makes ids unique; it must not be predictable in the same way on two nodes. */
    public B random(RandomGenerator value) {
        random = Objects.requireNonNull(value, "random");
        return self();
    }

    /** The seam over file operations, for tests. */
    B files(FileOperations value) {
        files = value;
        return self();
    }

    Executor executor() {
        return executor;
    }

    /** The seam over calls of SQLite, for tests: what each connection of the library's is used through. */
    B connections(UnaryOperator<Connection> value) {
        connections = value;
        return self();
    }

    Services services() {
        long byHeap = Math.max(1, Runtime.getRuntime().maxMemory() / HEAP_PER_WORKER);
        return new Services(
                files,
                new SqliteConnector(customizer, busyTimeout, connections),
                new ParallelLoop(executor, (int) Math.min(parallelism, byHeap)),
                new Stages(listener),
                clock,
                random);
    }

    abstract B self();

    private static void startWorker(Runnable work) {
        Thread worker = new Thread(work, "harmonylite-snapshot-worker");
        worker.setDaemon(true);
        worker.start();
    }
}
