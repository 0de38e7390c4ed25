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
 * A host as it should be: its loop watches {@code orders.db} in a directory until the process is told to end, and the
 * shutdown hook closes the manager. It prints the outcome of each run.
 */
final class WatchedChild {

    /** What the loop is doing when the process is told to end. */
    enum Mode {
        /** Waiting; it takes once more before the process ends. */
        WAITING,
        /** Taking a snapshot, which never ends by itself. */
        TAKING
    }

    private WatchedChild() {}

    public static void main(String[] arguments) throws Exception {
        Mode mode = Mode.valueOf(arguments[0]);
        Path directory = Path.of(arguments[1]);
        SnapshotStore store = FileSystemSnapshotStore.open(directory.resolve("store"));
        Trigger hourly = Trigger.every(Duration.ofHours(1));
        SnapshotManager manager = SnapshotManager.builder(
                        "orders", directory.resolve("orders.db"), mode == Mode.TAKING ? endless(store) : store)
                .trigger(mode == Mode.WAITING ? hourly.or(Trigger.beforeClose()) : hourly)
                .watchOptions(
                        WatchOptions.defaults().noDrills().listener(report -> System.out.println(report.outcome())))
                .build();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            manager.close();
            System.out.println("closed");
        }));
        manager.start();
        new CountDownLatch(1).await();
    }

    /** Says that a take begins to store, and keeps it there until it is interrupted. */
    private static SnapshotStore endless(SnapshotStore store) {
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
            throw new InterruptedIOException("interrupted before it was written");
        }
    }
}
