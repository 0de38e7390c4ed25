package io.harmonylite.snapshot;

import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.store.ForwardingSnapshotStore;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.StoreAccessException;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.io.IOException;
import java.nio.file.Path;

/** Runs every operation once, and a take that fails, in a process that logs at all levels down to debug. */
final class LoggedOperations {

    private LoggedOperations() {}

    public static void main(String[] arguments) throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "debug");
        System.setProperty("org.slf4j.simpleLogger.showThreadName", "false");
        Path database = TestDatabase.create(Path.of(arguments[0], "orders.db"));
        TestDatabase.run(database, "INSERT INTO bare VALUES ('the secret in a row')");
        InMemorySnapshotStore store = new InMemorySnapshotStore();
        try (SnapshotManager manager = SnapshotManager.builder("orders", database, store)
                .retention(RetentionPolicy.keepLast(1))
                .build()) {
            SnapshotId id = manager.take().id();
            manager.verify(id, VerifyDepth.STORED_BYTES);
            manager.drill();
            manager.restore(RestoreRequest.latest());
            manager.recover();
            manager.prune();
        }
        SnapshotRepository.of("orders", store).copyTo(new InMemorySnapshotStore(), CopyRequest.all());
        fail(database, store);
    }

    private static void fail(Path database, InMemorySnapshotStore store) {
        try (SnapshotManager manager = SnapshotManager.builder("orders", database, new Forbidden(store))
                .build()) {
            manager.take();
        } catch (SnapshotException e) {
            System.out.println("as planned");
        }
    }

    private static final class Forbidden extends ForwardingSnapshotStore {

        Forbidden(InMemorySnapshotStore store) {
            super(store);
        }

        @Override
        public void putIfAbsent(String name, ObjectSource source) throws IOException {
            if (name.contains("/packs/")) {
                throw new StoreAccessException("not allowed");
            }
            super.putIfAbsent(name, source);
        }
    }
}
