package io.harmonylite.snapshot.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A sweep removes what killed processes left, and nothing else. {@code ScratchOfOthersTest} has living processes. */
class ScratchSpaceTest {

    private static final String ABANDONED = "verify-1-2-0123456789abcdef";

    @TempDir
    Path parent;

    private final AtomicReference<String> failing = new AtomicReference<>("");
    private final HookedFileOperations files = new HookedFileOperations((number, operation) -> {
        if (operation.equals(failing.get())) {
            throw new AccessDeniedException("made to fail");
        }
    });
    private final ScratchSpace space = new ScratchSpace(files);
    private Path victim;

    @BeforeEach
    void createVictim() throws IOException {
        victim = Files.createDirectory(parent.resolve("victim"));
        Files.writeString(victim.resolve("copy.db"), "precious");
        Files.createFile(victim.resolve("lock"));
    }

    private void open() throws IOException {
        try (ScratchDirectory scratch = space.open(parent, "verify-")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(scratch.path())))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void open_directoryOfAKilledProcess_isRemoved() throws IOException {
        Path abandoned = Files.createDirectory(parent.resolve(ABANDONED));
        for (String name : List.of(
                "lock",
                "0",
                "17",
                "copy.db",
                "copy.db-journal",
                "compact.db",
                "staged.db",
                "rebuilt.db",
                "snapshot.db")) {
            Files.createFile(abandoned.resolve(name));
        }
        open();
        assertThat(abandoned).doesNotExist();
    }

    @Test
    void open_symbolicLinkWithTheNameOfADirectory_isNotFollowed() throws IOException {
        Path link = Files.createSymbolicLink(parent.resolve(ABANDONED), victim);
        open();
        assertThat(link).isSymbolicLink();
        assertThat(victim.resolve("copy.db")).hasContent("precious");
        assertThat(victim.resolve("lock")).exists();
    }

    @Test
    void open_symbolicLinkInADirectory_isDeletedItself() throws IOException {
        Path abandoned = Files.createDirectory(parent.resolve(ABANDONED));
        Files.createSymbolicLink(abandoned.resolve("copy.db"), victim.resolve("copy.db"));
        open();
        assertThat(abandoned).doesNotExist();
        assertThat(victim.resolve("copy.db")).hasContent("precious");
    }

    @Test
    void open_lockIsALinkToAnotherFile_isNeverOpened() throws IOException {
        Path database = Files.writeString(parent.resolve("live.db"), "SQLite");
        Path symbolic = Files.createDirectory(parent.resolve("verify-1-2-0123456789abcde0"));
        Files.createSymbolicLink(symbolic.resolve("lock"), database);
        Path hard = Files.createDirectory(parent.resolve("verify-1-2-0123456789abcde1"));
        Files.createLink(hard.resolve("lock"), database);
        open();
        assertThat(files.log()).noneMatch(call -> call.startsWith("open"));
        assertThat(symbolic).exists();
        assertThat(hard).exists();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "verify-",
                "verify-evil",
                "verify-1-2-evil",
                "verify-1-2-0123456789abcdef-notes",
                "verify-1-2-0123456789ABCDEF",
                "Xverify-1-2-0123456789abcdef"
            })
    void open_directoryWithAnotherName_stays(String name) throws IOException {
        Path other = Files.createDirectory(parent.resolve(name));
        Files.writeString(other.resolve("copy.db"), "precious");
        open();
        assertThat(other.resolve("copy.db")).hasContent("precious");
    }

    @ParameterizedTest
    @ValueSource(strings = {"orders.db", "orders.seq-map", "copy.db.bak", "copy", "1a", ".hidden"})
    void open_fileThatThisLibraryDoesNotWrite_stays(String name) throws IOException {
        Path abandoned = Files.createDirectory(parent.resolve(ABANDONED));
        Files.writeString(abandoned.resolve(name), "precious");
        open();
        assertThat(abandoned.resolve(name)).hasContent("precious");
        Files.delete(abandoned.resolve(name));
        open();
        assertThat(abandoned).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"openForWrite", "delete"})
    void open_directoryThatCannotBeRemoved_isSkipped(String operation) throws IOException {
        Path foreign = Files.createDirectory(parent.resolve(ABANDONED));
        Files.createFile(foreign.resolve("lock"));
        Files.createFile(foreign.resolve("copy.db"));
        failing.set(operation);
        try (ScratchDirectory scratch = space.open(parent, "verify-")) {
            assertThat(scratch.path()).isDirectory();
            failing.set("");
        }
        assertThat(foreign.resolve("copy.db")).exists();
        open();
        assertThat(foreign).doesNotExist();
    }
}
