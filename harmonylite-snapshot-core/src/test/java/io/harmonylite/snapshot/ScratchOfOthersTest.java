package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.ChildProgram.Work;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes work on one database and one store: what the other one uses stays, what it left when it died does not. */
class ScratchOfOthersTest {

    @TempDir
    Path directory;

    private Path database;
    private Path store;

    @Test
    void scratch_ofALivingProcess_staysAndThatOfAKilledOneGoes() throws Exception {
        database = TestDatabase.create(directory.resolve("orders.db"), "PRAGMA journal_mode = WAL");
        store = directory.resolve("store");
        FileSystemSnapshotStore.create(store).close();
        List<Path> ofTheOther;
        try (ChildJvm child = ChildJvm.start(ChildProgram.class, Work.STOP_IN_TAKE, directory)) {
            assertThat(child.line()).isEqualTo("ready");
            assertThat(child.line()).isEqualTo("stopped");
            ofTheOther = scratch();
            assertThat(ofTheOther).hasSize(2);
            assertThat(children(ofTheOther)).contains("lock", "copy.db");

            takeAndVerify();
            assertThat(scratch()).isEqualTo(ofTheOther);
            assertThat(children(ofTheOther)).contains("lock", "copy.db");
        }
        assertThat(scratch()).isEqualTo(ofTheOther);
        takeAndVerify();
        assertThat(scratch()).isEmpty();
    }

    private void takeAndVerify() throws IOException {
        try (FileSystemSnapshotStore own = FileSystemSnapshotStore.open(store)) {
            SnapshotManager manager =
                    SnapshotManager.builder("orders", database, own).build();
            assertThat(manager.verify(manager.take().id(), VerifyDepth.REBUILD).isSound())
                    .isTrue();
        }
    }

    /** Scratch directories of takes beside the database, and of puts in the store. */
    private List<Path> scratch() throws IOException {
        try (Stream<Path> beside = Files.list(directory);
                Stream<Path> in = Files.list(store)) {
            return Stream.concat(beside, in)
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
