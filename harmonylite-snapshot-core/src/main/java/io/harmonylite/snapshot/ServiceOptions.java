package io.harmonylite.snapshot;

import io.harmonylite.snapshot.internal.concurrent.ParallelLoop;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.file.ScratchSpace;
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

/** The options that both builders offer. They document them; here they are checked and kept. Not thread-safe. */
final class ServiceOptions {

    private static final long HEAP_PER_WORKER = 64L << 20;

    private Executor executor = ServiceOptions::startWorker;
    private int parallelism = Runtime.getRuntime().availableProcessors();
    private int takeParallelism = Math.max(1, parallelism - 1);
    private ConnectionCustomizer customizer = ConnectionCustomizer.none();
    private Duration busyTimeout = Duration.ofSeconds(5);
    private SnapshotListener listener = SnapshotListener.none();
    private InstantSource clock = InstantSource.system();
    private RandomGenerator random = new SecureRandom();
    private FileOperations files = new SystemFileOperations();
    private UnaryOperator<Connection> connections = UnaryOperator.identity();

    void executor(Executor value) {
        executor = Objects.requireNonNull(value, "executor");
    }

    void parallelism(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("parallelism is " + threads + "; it must be at least 1");
        }
        parallelism = threads;
        takeParallelism = threads;
    }

    void connectionCustomizer(ConnectionCustomizer value) {
        customizer = Objects.requireNonNull(value, "connectionCustomizer");
    }

    void busyTimeout(Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException("the busy timeout is " + value + "; it must not be negative");
        }
        busyTimeout = value;
    }

    void listener(SnapshotListener value) {
        listener = Objects.requireNonNull(value, "listener");
    }

    void clock(InstantSource value) {
        clock = Objects.requireNonNull(value, "clock");
    }

    /** Replaces the source of unique ids, for tests. */
    void random(RandomGenerator value) {
        random = value;
    }

    /** Replaces file operations, for tests. */
    void files(FileOperations value) {
        files = value;
    }

    /** Wraps every connection that is opened, for tests. */
    void connections(UnaryOperator<Connection> value) {
        connections = value;
    }

    Executor executor() {
        return executor;
    }

    Services build() {
        return new Services(
                files,
                new ScratchSpace(files),
                new SqliteConnector(customizer, busyTimeout, connections),
                loop(parallelism),
                loop(takeParallelism),
                new Stages(listener),
                clock,
                random);
    }

    private ParallelLoop loop(int threads) {
        long byHeap = Math.max(1, Runtime.getRuntime().maxMemory() / HEAP_PER_WORKER);
        return new ParallelLoop(executor, (int) Math.min(threads, byHeap));
    }

    private static void startWorker(Runnable work) {
        Thread worker = new Thread(work, "harmonylite-snapshot-worker");
        worker.setDaemon(true);
        worker.start();
    }
}
