package io.harmonylite.snapshot.internal.watch;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** The scheduler of a loop whose host gives none: one daemon thread. */
public final class OwnScheduler {

    private OwnScheduler() {}

    /** Makes one; its thread begins with the first task, and ends when it is shut down. */
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
