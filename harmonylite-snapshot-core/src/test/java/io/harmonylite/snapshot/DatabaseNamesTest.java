package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.testing.HookedStore;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.harmonylite.snapshot.watch.Trigger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A database that can be opened by two names, of which only one has its -wal, and names that the library cannot use. */
class DatabaseNamesTest {

    @TempDir
    Path directory;

    private final InMemorySnapshotStore memory = new InMemorySnapshotStore();
    private final HookedStore store = new HookedStore(memory, (number, call, name) -> {});
    private Path database;

    @BeforeEach
    void createDatabase() throws Exception {
        directory = directory.toRealPath();
        database = TestDatabase.create(
                Files.createDirectory(directory.resolve("host")).resolve("app.db"), "PRAGMA journal_mode = WAL");
    }

    private SnapshotManager manager(Path path) {
        return SnapshotManager.builder("app", path, store).build();
    }

    private Path other(String name) throws IOException {
        return Files.createDirectories(directory.resolve("cont")).resolve(name);
    }

    private static void assertRejected(ThrowingCallable call, String... texts) {
        assertThatThrownBy(call)
                .isExactlyInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContainingAll(texts);
    }

    /** Asserts that every operation that reads or replaces the database is rejected before the store is read. */
    private void assertAllRejected(Path path, String... texts) throws Exception {
        Map<String, List<String>> before = TestDatabase.dump(database);
        int calls = store.log().size();
        try (FileSequenceMap map = FileSequenceMap.open(directory.resolve("map"));
                SnapshotManager manager = SnapshotManager.builder("app", path, store)
                        .sequenceMap(map)
                        .trigger(Trigger.manual())
                        .build()) {
            assertRejected(manager::take, texts);
            assertRejected(manager::recover, texts);
            assertRejected(manager::plan, texts);
            assertRejected(manager::start, texts);
            assertRejected(() -> manager.restore(RestoreRequest.latest()), texts);
            assertRejected(() -> manager.repository().restore(RestoreRequest.latest(), path), texts);
        }
        assertThat(store.log()).hasSize(calls);
        assertThat(TestDatabase.dump(database)).isEqualTo(before);
    }

    @Test
    void anyOperation_databaseWithTwoLinks_isRejected() throws Exception {
        manager(database).take();
        Path link = Files.createLink(other("app.db"), database);
        try (Connection writer = TestDatabase.open(database)) {
            TestDatabase.run(writer, "INSERT INTO bare VALUES ('only in the -wal of the first name')");
            assertAllRejected(link, "app.db has more than one hard link", "-wal");
            assertAllRejected(database, "more than one hard link");
            assertRejected(
                    () -> manager(link).restore(RestoreRequest.latest().online(WriteBarrier.noWriters())),
                    "more than one hard link");
        }
        Files.delete(link);
        manager(database).take();
    }

    @Test
    void take_linksThatARestoreMade_doNotCount() throws Exception {
        Files.createLink(database.resolveSibling("app.db.previous-0123456789abcdef"), database);
        Files.createLink(database.resolveSibling("app.db.damaged-0123456789abcdee"), database);
        manager(database).take();
        manager(database).restore(RestoreRequest.latest());
        Files.delete(database.resolveSibling("app.db.damaged-0123456789abcdee"));
        Files.createLink(database.resolveSibling("app.db.previous-mine"), database);
        Files.createLink(other("app.db.previous-0123456789abcdef"), database);
        assertRejected(() -> manager(database).take(), "more than one hard link");
    }

    @Test
    void take_linkOfARestoreInUse_isRejected() throws Exception {
        Path link = Files.createLink(database.resolveSibling("app.db.previous-0123456789abcdef"), database);
        try (Connection writer = TestDatabase.open(link)) {
            TestDatabase.run(writer, "INSERT INTO bare VALUES ('in the -wal')");
            assertRejected(() -> manager(database).take(), "more than one hard link");
        }
    }

    @Test
    void take_anyPathToTheOnlyName_seesTheWal() throws Exception {
        Files.createSymbolicLink(directory.resolve("link"), Path.of("host"));
        Files.createSymbolicLink(other("link.db"), Path.of("../link/app.db"));
        try (Connection writer = TestDatabase.open(database)) {
            TestDatabase.run(writer, "INSERT INTO bare VALUES ('in the -wal')");
            Path relative = Path.of("").toAbsolutePath().relativize(directory).resolve("cont/../cont/./link.db");
            for (Path path : List.of(relative, directory.resolve("link/app.db"), directory.resolve("cont/link.db"))) {
                SnapshotManager manager = manager(path);
                manager.take();
                Path copy = directory.resolve("copy.db");
                manager.repository().restore(RestoreRequest.latest(), copy);
                assertThat(TestDatabase.rows(copy, "SELECT x FROM bare")).contains("'in the -wal'");
            }
        }
    }

    @Test
    void anyOperation_symbolicLinkToADatabaseWithTwoLinks_isRejected() throws Exception {
        Files.createLink(other("app.db"), database);
        Path symbolic = Files.createSymbolicLink(directory.resolve("s.db"), Path.of("host/../host/app.db"));
        assertAllRejected(symbolic, "host/app.db has more than one hard link");
    }

    @ParameterizedTest
    @ValueSource(strings = {"app.db", "other.db", "with space\tand\\b \u00fc.db"})
    void anyOperation_singleFileMount_isRejectedByBothNames(String name) throws Exception {
        manager(database).take();
        Path point = Files.createFile(other(name));
        try (Mount mount = Mount.bind(database, point)) {
            assertAllRejected(point, "mounted as a single file", "--online", "mount its directory");
            assertAllRejected(database, "mounted as a single file");
            Map<String, List<String>> before = TestDatabase.dump(database);
            TestDatabase.run(database, "DELETE FROM person");
            TestDatabase.run(database, "PRAGMA wal_checkpoint(TRUNCATE)");
            manager(point).restore(RestoreRequest.latest().online(WriteBarrier.noWriters()));
            assertThat(TestDatabase.dump(database)).isEqualTo(before);
        }
        manager(database).take();
    }

    @Test
    void take_mountedDirectory_isAccepted() throws Exception {
        Path point = Files.createDirectory(directory.resolve("app.db"));
        try (Mount mount = Mount.bind(database.getParent(), point)) {
            manager(point.resolve("app.db")).take();
            manager(database).take();
            manager(point.resolve("app.db")).restore(RestoreRequest.latest());
        }
    }

    @Test
    void take_nameOrPathTooLongForScratchFiles_isRejectedWithTheReason() throws Exception {
        Path fits = Files.copy(database, database.resolveSibling("\u00fc".repeat(95)));
        manager(fits).take();
        manager(fits).restore(RestoreRequest.latest().keepPrevious());
        Path longer = Files.copy(database, database.resolveSibling("\u00fc".repeat(96)));
        assertRejected(() -> manager(longer).take(), "192 bytes", "191", "rename");
        Path deep = directory;
        while (deep.toString().length() < 400) {
            deep = deep.resolve("d".repeat(30));
        }
        Files.createDirectories(deep);
        Path far = Files.copy(
                database, deep.resolve("n".repeat(429 - deep.toString().length() - 1)));
        manager(far).take();
        manager(far).restore(RestoreRequest.latest());
        Path further = Files.copy(database, far.resolveSibling(far.getFileName() + "n"));
        assertRejected(() -> manager(further).take(), "430 bytes", "429");
    }

    @Test
    void take_pathThatTheLocaleCannotExpress_namesTheRemedy() throws Exception {
        Path outside = Files.createDirectory(directory.resolve("d\u00e4ta"));
        Files.copy(database, outside.resolve("app.db"));
        Files.createSymbolicLink(directory.resolve("ascii"), Path.of("d\u00e4ta"));
        for (String path : List.of("ascii/app.db", "ascii/new.db")) {
            ChildJvm.Result result = ChildJvm.run(
                    List.of("env", "LC_ALL=POSIX"), Restores.class, directory.resolve(path), directory.resolve("map"));
            assertThat(result.output())
                    .contains("take: SnapshotConfigurationException", "restore: SnapshotConfigurationException")
                    .contains("LC_ALL=C.UTF-8");
        }
        assertThat(outside.resolve("new.db")).doesNotExist();
        ChildJvm.Result result =
                ChildJvm.run(List.of("env", "LC_ALL=POSIX"), Restores.class, database, directory.resolve("ascii/map"));
        assertThat(result.output()).contains("map: SnapshotConfigurationException", "LC_ALL=C.UTF-8");
    }

    /** Takes and restores a database, and prints the failures. */
    static final class Restores {

        private Restores() {}

        /** Arguments: database, sequence map. */
        public static void main(String[] arguments) {
            SnapshotManager manager = SnapshotManager.builder("app", Path.of(arguments[0]), new InMemorySnapshotStore())
                    .build();
            print("take", manager::take);
            print("restore", () -> manager.restore(RestoreRequest.latest()));
            print("map", () -> FileSequenceMap.open(Path.of(arguments[1])).close());
        }

        private static void print(String what, ThrowingCallable call) {
            try {
                call.call();
                System.out.println(what + ": done");
            } catch (Throwable e) {
                System.out.println(what + ": " + e.getClass().getSimpleName() + ": " + e.getMessage());
            }
        }
    }

    @Test
    void restore_lockFileIsASymbolicLink_isNamedAndNotFollowed() throws Exception {
        try (SnapshotManager manager = manager(database)) {
            manager.take();
        }
        Path other = Files.writeString(directory.resolve("other"), "precious");
        Path lock = Files.createSymbolicLink(directory.resolve("copy.db.harmonylite-restore"), other);
        assertThatThrownBy(() -> SnapshotRepository.of("app", memory)
                        .restore(RestoreRequest.latest(), directory.resolve("copy.db")))
                .hasMessageContainingAll(lock.toString(), "symbolic link");
        assertThat(other).hasContent("precious");
    }
}
