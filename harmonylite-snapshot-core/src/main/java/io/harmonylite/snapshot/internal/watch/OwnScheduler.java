package io.harmonylite.snapshot.internal.watch;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** Scheduler of a loop whose host provides none: one daemon thread. */
public final class OwnScheduler {

    private OwnScheduler() {}

    /** Creates a scheduler. Its thread starts with the first task and ends at shutdown. */
    public static ScheduledExecutorService create() {
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1, OwnScheduler::thread);
        scheduler.setRemoveOnCancelPolicy(true);
        return scheduler;
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "harmonylite-snapshot-watch");
        thread.setDaemon(true);
        return thread;
    }
}
