package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.harmonylite.snapshot.ChildProgram.Work;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes use one database and one store. The scratch files of the other are removed only after it has died. */
class ScratchOfOthersTest {

    @TempDir
    Path directory;

    private Path database;
    private Path store;

    @Test
    void take_scratchOfAnotherProcess_isRemovedOnlyAfterItsDeath() throws Exception {
        database = TestDatabase.create(directory.resolve("orders.db"), "PRAGMA journal_mode = WAL");
        store = directory.resolve("store");
        FileSystemSnapshotStore.create(store).close();
        List<Path> foreign;
        try (ChildJvm child = ChildJvm.start(ChildProgram.class, Work.STOP_IN_TAKE, directory)) {
            assertThat(child.line()).isEqualTo("ready");
            assertThat(child.line()).isEqualTo("stopped");
            foreign = scratch();
            assertThat(foreign).hasSize(2);
            assertThat(children(foreign)).contains("lock", "copy.db");

            takeAndVerify();
            assertThat(scratch()).isEqualTo(foreign);
            assertThat(children(foreign)).contains("lock", "copy.db");
        }
        assertThat(scratch()).isEqualTo(foreign);
        takeAndVerify();
        assertThat(scratch()).isEmpty();
    }

    @Test
    void take_directoryThatCannotBeRemoved_isSkippedAndLoggedOnce() throws Exception {
        database = TestDatabase.create(directory.resolve("orders.db"));
        Path foreign = Files.createDirectory(directory.resolve("orders.db.harmonylite-scratch-1-2-0123456789abcdef"));
        Files.createSymbolicLink(foreign.resolve("lock"), database);
        ChildJvm.Result result = ChildJvm.run(TwoTakes.class, database);
        assertThat(result.output().lines().filter(line -> line.contains("WARN")))
                .singleElement()
                .asString()
                .contains(foreign.toString());
        assertThat(result.output()).contains("taken twice");
        assertThat(foreign).exists();
    }

    @Test
    void take_directoryOfAnotherUser_doesNotPreventIt() throws Exception {
        assumeTrue(ChildJvm.canObey(), "root cannot be bound to file permissions here");
        database = TestDatabase.create(directory.resolve("orders.db"));
        Path foreign = Files.createDirectory(directory.resolve("orders.db.harmonylite-scratch-1-2-0123456789abcdef"));
        Files.createFile(foreign.resolve("lock"));
        Files.setPosixFilePermissions(foreign, Set.of());
        try {
            assertThat(ChildJvm.runObedient(TwoTakes.class, database).output()).contains("taken twice");
        } finally {
            Files.setPosixFilePermissions(foreign, PosixFilePermissions.fromString("rwx------"));
        }
        assertThat(foreign.resolve("lock")).exists();
    }

    /** Takes two snapshots. */
    static final class TwoTakes {

        private TwoTakes() {}

        /** Argument: the database. */
        public static void main(String[] arguments) {
            try (SnapshotManager manager = SnapshotManager.builder(
                            "orders", Path.of(arguments[0]), new InMemorySnapshotStore())
                    .build()) {
                manager.take();
                manager.take();
                System.out.println("taken twice");
            }
        }
    }

    private void takeAndVerify() throws IOException {
        try (FileSystemSnapshotStore own = FileSystemSnapshotStore.open(store)) {
            SnapshotManager manager =
                    SnapshotManager.builder("orders", database, own).build();
            assertThat(manager.verify(manager.take().id(), VerifyDepth.REBUILD).isSound())
                    .isTrue();
        }
    }

    /** Returns the scratch directories of takes, next to the database, and of uploads, in the store. */
    private List<Path> scratch() throws IOException {
        try (Stream<Path> siblings = Files.list(directory);
                Stream<Path> uploads = Files.list(store)) {
            return Stream.concat(siblings, uploads)
                    .filter(file -> file.getFileName().toString().matches("orders\\.db\\.harmonylite-.+|~put-.+"))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> children(List<Path> directories) throws IOException {
        try (Stream<Path> one = Files.list(directories.get(0));
                Stream<Path> other = Files.list(directories.get(1))) {
            return Stream.concat(one, other)
                    .map(file -> file.getFileName().toString())
                    .toList();
        }
    }
}
