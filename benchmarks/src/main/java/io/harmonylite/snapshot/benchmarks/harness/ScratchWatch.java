package io.harmonylite.snapshot.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** Looks now and then how much lies in a directory, beside what lay there at the start. */
final class ScratchWatch implements AutoCloseable {

    private static final long PAUSE_MILLIS = 20;

    private final AtomicLong peak = new AtomicLong();
    private final Path directory;
    private final long before;
    private final Thread thread = new Thread(this::watch, "scratch-watch");

    private ScratchWatch(Path directory) throws IOException {
        this.directory = directory;
        this.before = Workspace.bytesBelow(directory);
    }

    static ScratchWatch start(Path directory) throws IOException {
        ScratchWatch watch = new ScratchWatch(directory);
        watch.thread.setDaemon(true);
        watch.thread.start();
        return watch;
    }

    /** Most bytes that were seen, beyond those at the start. */
    long peak() {
        return peak.get();
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(PAUSE_MILLIS);
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            long now = Workspace.bytesBelow(directory) - before;
            peak.accumulateAndGet(now, Math::max);
        } catch (IOException e) {
            return; // A file went while the directory was walked: the next look counts.
        }
    }

    @Override
    public void close() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }
}
