package io.harmonylite.snapshot.internal.watch;

import io.harmonylite.snapshot.watch.WatchListener;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;

/**
 * Settings shared by all duties of a loop. Immutable.
 *
 * @param scheduler starts runs; its threads never do long work
 * @param workers runs the duties
 * @param clock the host's time, used only in reports
 * @param random source of jitter
 * @param listener receives every report
 */
public record LoopSettings(
        ScheduledExecutorService scheduler,
        Executor workers,
        InstantSource clock,
        RandomGenerator random,
        WatchListener listener) {}
