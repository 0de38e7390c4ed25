package io.harmonylite.snapshot.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ScratchOfOthersTest} has the directories of other processes. */
class ScratchDirectoryTest {

    @TempDir
    Path parent;

    @Test
    void openFor_noParentChosen_liesBesideTheDatabaseUntilItIsClosed() throws IOException {
        FileOperations files = new SystemFileOperations();
        Path directory;
        try (ScratchDirectory scratch = new ScratchSpace(files).openFor(parent.resolve("orders.db"), null)) {
            directory = scratch.path();
            Files.writeString(scratch.resolve("copy.db"), "x");
            assertThat(directory.getParent()).isEqualTo(parent);
            assertThat(directory.getFileName().toString()).startsWith("orders.db.harmonylite-scratch-");
        }
        assertThat(directory).doesNotExist();
    }

    @Test
    void close_fileThatCannotBeDeleted_leavesTheDirectoryAndThrowsNothing() throws IOException {
        AtomicBoolean failing = new AtomicBoolean();
        FileOperations files = new HookedFileOperations((number, operation) -> {
            if (failing.get() && operation.equals("delete")) {
                throw new IOException("made to fail");
            }
        });
        ScratchDirectory scratch = new ScratchSpace(files).open(parent, "verify-");
        failing.set(true);
        scratch.close();
        assertThat(scratch.path()).exists();
        failing.set(false);
        scratch.close();
        assertThat(scratch.path()).doesNotExist();
    }
}
