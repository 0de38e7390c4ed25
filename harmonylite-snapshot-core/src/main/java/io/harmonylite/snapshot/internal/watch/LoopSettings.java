package io.harmonylite.snapshot.internal.watch;

import io.harmonylite.snapshot.watch.WatchListener;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;

/** Settings shared by all duties of a loop; threads of the scheduler only start runs. Immutable. */
public record LoopSettings(
        ScheduledExecutorService scheduler,
        Executor workers,
        InstantSource clock,
        RandomGenerator random,
        WatchListener listener) {}
