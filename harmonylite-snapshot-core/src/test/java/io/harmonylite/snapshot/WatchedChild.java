package io.harmonylite.snapshot;

import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.testing.HookedStore;
import io.harmonylite.snapshot.watch.Trigger;
import io.harmonylite.snapshot.watch.WatchOptions;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * A host as recommended: its loop watches {@code orders.db} until SIGTERM, and a shutdown hook closes the manager.
 * Prints the outcome of each run.
 */
final class WatchedChild {

    /** What the loop does when SIGTERM comes. */
    enum Mode {
        /** Waits; takes once more before the process exits. */
        WAITING,
        /** Takes a snapshot, and blocks in it. */
        TAKING
    }

    private WatchedChild() {}

    public static void main(String[] arguments) throws Exception {
        Mode mode = Mode.valueOf(arguments[0]);
        Path directory = Path.of(arguments[1]);
        SnapshotStore store = FileSystemSnapshotStore.open(directory.resolve("store"));
        Trigger hourly = Trigger.every(Duration.ofHours(1));
        SnapshotManager manager = SnapshotManager.builder(
                        "orders", directory.resolve("orders.db"), mode == Mode.TAKING ? blocking(store) : store)
                .trigger(mode == Mode.WAITING ? hourly.or(Trigger.beforeClose()) : hourly)
                .watchOptions(WatchOptions.defaults()
                        .jitter(0)
                        .noDrills()
                        .listener(report -> System.out.println(report.outcome())))
                .build();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            manager.close();
            System.out.println("closed");
        }));
        manager.start();
        new CountDownLatch(1).await();
    }

    /** Creates a store that prints when a take uploads, and then blocks until it is interrupted. */
    private static SnapshotStore blocking(SnapshotStore store) {
        return new HookedStore(store, (number, call, name) -> {
            if (call.equals("put") && name.startsWith("orders/packs/")) {
                System.out.println("storing");
                awaitInterrupt();
            }
        });
    }

    private static void awaitInterrupt() throws InterruptedIOException {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted before the upload");
        }
    }
}
