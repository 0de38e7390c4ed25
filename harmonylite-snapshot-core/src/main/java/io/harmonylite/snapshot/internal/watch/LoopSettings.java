package io.harmonylite.snapshot.internal.watch;

import io.harmonylite.snapshot.watch.WatchListener;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;

/**
 * What the duties of a loop share. Immutable.
 *
 * @param scheduler says when; nothing that takes long is done on its threads
 * @param workers does the work
 * @param clock the host's time, for people
 * @param random makes waits longer or shorter
 * @param listener is told of every run
 */
public record LoopSettings(
        ScheduledExecutorService scheduler,
        Executor workers,
        InstantSource clock,
        RandomGenerator random,
        WatchListener listener) {}
