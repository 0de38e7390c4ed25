package io.harmonylite.snapshot.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.TestDatabase;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.file.HookedFileOperations;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSystemSnapshotStoreTest {

    private static final ObjectSource SOURCE = ObjectSource.of("content".getBytes(UTF_8));

    @TempDir
    Path directory;

    @Test
    void open_missingDirectory_throwsContainerMissingAndCreatesNothing() {
        Path missing = directory.resolve("missing");
        assertThatThrownBy(() -> FileSystemSnapshotStore.open(missing))
                .isInstanceOf(ContainerMissingException.class)
                .hasMessageContaining("missing");
        assertThat(missing).doesNotExist();
    }

    @Test
    void open_directory_writesNothing() throws IOException {
        try (SnapshotStore store = FileSystemSnapshotStore.open(directory)) {
            assertThat(store.list("")).isEmpty();
            assertThatThrownBy(() -> store.open("x")).isInstanceOf(NoSuchObjectException.class);
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void create_missingParents_createsEachDurably() throws IOException {
        HookedFileOperations files = HookedFileOperations.counting();
        FileSystemSnapshotStore.create(directory.resolve("a/b/c"), files).close();
        assertThat(directory.resolve("a/b/c")).isEmptyDirectory();
        assertThat(files.log())
                .startsWith(
                        "createDirectory a",
                        "syncDirectory " + directory.getFileName(),
                        "createDirectory b",
                        "syncDirectory a",
                        "createDirectory c",
                        "syncDirectory b");
    }

    @Test
    void create_fileAtParentPath_isRejected() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> FileSystemSnapshotStore.create(file.resolve("below")))
                .isInstanceOf(StoreAccessException.class);
        assertThat(file).isEmptyFile();
    }

    @Test
    void create_noHardLinks_isRejected() {
        FileOperations files = new HookedFileOperations((number, operation) -> {
            if (operation.equals("link")) {
                throw new UnsupportedOperationException("planned");
            }
        });
        assertThatThrownBy(() -> FileSystemSnapshotStore.create(directory, files))
                .isInstanceOf(StoreAccessException.class)
                .hasMessageContaining("hard links");
    }

    @Test
    void putIfAbsent_interruptedAfterTheNameExists_isStoredAndKeepsTheInterrupt() throws IOException {
        for (String moment : List.of("touch", "syncDirectory")) {
            AtomicBoolean isInterrupted = new AtomicBoolean();
            FileOperations files = new HookedFileOperations((number, operation) -> {
                if (operation.equals(moment) && !isInterrupted.getAndSet(true)) {
                    Thread.currentThread().interrupt();
                }
            });
            try (SnapshotStore store = FileSystemSnapshotStore.open(directory, files)) {
                store.putIfAbsent(moment, SOURCE);
                assertThat(Thread.interrupted()).isTrue();
                assertThat(store.stat(moment).size()).isEqualTo(SOURCE.length());
            }
        }
    }

    @Test
    void putIfAbsent_noHardLinks_isRejectedAndLeavesNothing() throws IOException {
        for (Exception failure : List.of(
                new UnsupportedOperationException("planned"),
                new FileSystemException("x", "y", "Operation not permitted"))) {
            FileOperations files = new HookedFileOperations((number, operation) -> {
                if (operation.equals("link")) {
                    throwUnchecked(failure);
                }
            });
            try (SnapshotStore store = FileSystemSnapshotStore.open(directory, files)) {
                assertThatThrownBy(() -> store.putIfAbsent("x", SOURCE))
                        .isInstanceOf(StoreAccessException.class)
                        .hasMessageContaining("hard links");
                assertThat(store.list("")).isEmpty();
            }
        }
    }

    @Test
    void putIfAbsent_fileOperations_linkNameAfterSyncedContent() throws IOException {
        HookedFileOperations files = HookedFileOperations.counting();
        try (SnapshotStore store = FileSystemSnapshotStore.open(directory, files)) {
            store.putIfAbsent("first", SOURCE);
            int before = files.log().size();
            store.putIfAbsent("second", SOURCE);
            assertThat(files.log().subList(before, files.log().size()))
                    .containsExactly(
                            "create 1",
                            "write at-0",
                            "sync file",
                            "link second",
                            "touch second",
                            "delete 1",
                            "syncDirectory " + directory.getFileName());
        }
    }

    /** The link of each file is delayed by an hour. */
    @Test
    void putIfAbsent_linkStalled_isAsOldAsItsName() throws IOException {
        Instant start = Instant.now().minusSeconds(60);
        FileOperations files = new HookedFileOperations((number, operation) -> {}) {
            @Override
            public void link(Path newName, Path existing) throws IOException {
                Files.setLastModifiedTime(existing, FileTime.from(start.minusSeconds(3600)));
                super.link(newName, existing);
            }
        };
        try (SnapshotStore store = FileSystemSnapshotStore.open(directory, files)) {
            store.putIfAbsent("packs/x", SOURCE);
            store.putIfAbsent("retired/x", ObjectSource.of(new byte[0]));
            for (ObjectInfo object : store.list("")) {
                assertThat(object.lastModified()).as(object.name()).isAfter(start);
            }
            try (InputStream in = store.open("packs/x")) {
                assertThat(in.readAllBytes()).isEqualTo("content".getBytes(UTF_8));
            }
            assertThat(store.stat("retired/x").size()).isZero();
        }
    }

    /** The put of the manifest takes 13 hours, and the grace period is 24 hours. */
    @Test
    void take_linkOfTheManifestStalled_isLateAndFails() throws Exception {
        Path database = directory.resolve("orders.db");
        TestDatabase.run(database, "CREATE TABLE t (x)");
        FileTime before = FileTime.from(Instant.now().minusSeconds(13 * 3600));
        FileOperations files = new HookedFileOperations((number, operation) -> {}) {
            @Override
            public void link(Path newName, Path existing) throws IOException {
                Files.setLastModifiedTime(existing, before);
                super.link(newName, existing);
            }

            @Override
            public void touch(Path file) throws IOException {
                super.touch(file);
                if (!file.toString().contains("manifests")) {
                    Files.setLastModifiedTime(file, before);
                }
            }
        };
        Path root = Files.createDirectory(directory.resolve("store"));
        try (SnapshotStore store = FileSystemSnapshotStore.open(root, files);
                SnapshotManager manager =
                        SnapshotManager.builder("orders", database, store).build()) {
            assertThatThrownBy(manager::take)
                    .isInstanceOf(SnapshotConfigurationException.class)
                    .hasMessageContaining("grace");
            assertThat(manager.list().snapshots()).isEmpty();
            assertThat(store.list("orders/retired/")).hasSize(1);
        }
    }

    @Test
    void putIfAbsent_newDirectory_isSyncedBeforeObject() throws IOException {
        HookedFileOperations files = HookedFileOperations.counting();
        try (SnapshotStore store = FileSystemSnapshotStore.open(directory, files)) {
            store.putIfAbsent("a/b/x", SOURCE);
            assertThat(files.log())
                    .containsSubsequence(
                            "createDirectory a",
                            "syncDirectory " + directory.getFileName(),
                            "createDirectory b",
                            "syncDirectory a",
                            "link x",
                            "syncDirectory b");
        }
    }

    @Test
    void putIfAbsent_directoryOfAnotherProcess_isSyncedToo() throws IOException {
        Files.createDirectory(directory.resolve("a"));
        HookedFileOperations files = HookedFileOperations.counting();
        try (SnapshotStore store = FileSystemSnapshotStore.open(directory, files)) {
            store.putIfAbsent("a/x", SOURCE);
            assertThat(files.log())
                    .containsSubsequence("syncDirectory " + directory.getFileName(), "link x", "syncDirectory a");
        }
    }

    @Test
    void d02_failureAtAnyOperation_leavesNothingOrWholeObject() throws IOException {
        int operations = countOperations();
        for (int k = 0; k < operations; k++) {
            for (boolean forGood : new boolean[] {false, true}) {
                failAt(k, forGood, () -> new IOException("planned"));
            }
        }
    }

    @Test
    void putIfAbsent_noSpaceAtAnyOperation_isStoreFullOrIndeterminate() throws IOException {
        int operations = countOperations();
        for (int k = 0; k < operations; k++) {
            failAt(k, false, () -> new FileSystemException("x", null, "No space left on device"));
        }
    }

    private int countOperations() throws IOException {
        HookedFileOperations counting = HookedFileOperations.counting();
        Path place = Files.createTempDirectory(directory, "count");
        try (SnapshotStore store = FileSystemSnapshotStore.open(place, counting)) {
            store.putIfAbsent("n/packs/x", SOURCE);
        }
        return counting.log().size();
    }

    private void failAt(int k, boolean forGood, Supplier<IOException> failure) throws IOException {
        Path place = Files.createTempDirectory(directory, "fail");
        HookedFileOperations files = HookedFileOperations.failingAt(k, failure, forGood);
        SnapshotStore failing = FileSystemSnapshotStore.open(place, files);
        IOException thrown = attempt(() -> failing.putIfAbsent("n/packs/x", SOURCE));
        try (SnapshotStore store = FileSystemSnapshotStore.open(place)) {
            List<ObjectInfo> found = store.list("");
            if (thrown == null || thrown instanceof IndeterminateWriteException) {
                assertThat(found).as("operation %d: %s", k, files.log()).hasSize(1);
                assertThat(read(store, "n/packs/x")).isEqualTo("content");
            } else {
                assertThat(found).as("operation %d: %s", k, files.log()).isEmpty();
                assertThat(thrown instanceof StoreFullException)
                        .isEqualTo(failure.get() instanceof FileSystemException);
                store.putIfAbsent("n/packs/x", SOURCE);
            }
        }
        attempt(failing::close);
    }

    private static @Nullable IOException attempt(IoAction action) {
        try {
            action.run();
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    private interface IoAction {
        void run() throws IOException;
    }

    @Test
    void putIfAbsent_directorySyncFails_isIndeterminateAndRetrySyncs() throws IOException {
        HookedFileOperations files = new HookedFileOperations(new HookedFileOperations.Hook() {
            private boolean linked;

            @Override
            public void before(int number, String operation) throws IOException {
                boolean fails = linked && operation.equals("syncDirectory");
                linked = operation.equals("link") || (linked && !fails);
                if (fails) {
                    throw new IOException("planned: the directory cannot be synced");
                }
            }
        });
        try (SnapshotStore store = FileSystemSnapshotStore.open(directory, files)) {
            assertThatThrownBy(() -> store.putIfAbsent("x", SOURCE)).isInstanceOf(IndeterminateWriteException.class);
            int before = files.log().size();
            assertThatThrownBy(() -> store.putIfAbsent("x", SOURCE)).isInstanceOf(ObjectExistsException.class);
            assertThat(files.log().subList(before, files.log().size()))
                    .containsExactly("syncDirectory " + directory.getFileName());
        }
    }

    @Test
    void putIfAbsent_belowAnObject_isRejected() throws IOException {
        try (SnapshotStore store = FileSystemSnapshotStore.open(directory)) {
            store.putIfAbsent("a", SOURCE);
            assertThatThrownBy(() -> store.putIfAbsent("a/b", SOURCE))
                    .isInstanceOf(StoreAccessException.class)
                    .hasMessageContaining("is a file");
            assertThat(read(store, "a")).isEqualTo("content");
        }
    }

    @Test
    void d34_directoryDeleted_throwsContainerMissing() throws IOException {
        Path place = Files.createDirectory(directory.resolve("place"));
        try (SnapshotStore store = FileSystemSnapshotStore.open(place)) {
            Files.delete(place);
            assertThatThrownBy(() -> store.list("")).isInstanceOf(ContainerMissingException.class);
            assertThatThrownBy(() -> store.list("a/")).isInstanceOf(ContainerMissingException.class);
            assertThatThrownBy(() -> store.stat("a")).isInstanceOf(ContainerMissingException.class);
            assertThatThrownBy(() -> store.open("a")).isInstanceOf(ContainerMissingException.class);
            assertThatThrownBy(() -> store.delete("a")).isInstanceOf(ContainerMissingException.class);
            assertThatThrownBy(() -> store.putIfAbsent("a", SOURCE)).isInstanceOf(ContainerMissingException.class);
            assertThat(place).doesNotExist();
        }
    }

    @Test
    void list_otherFiles_areIgnored() throws IOException {
        try (SnapshotStore store = FileSystemSnapshotStore.open(directory)) {
            store.putIfAbsent("n/x", SOURCE);
            Files.createFile(directory.resolve("n/white space"));
            Files.createFile(directory.resolve("~tilde"));
            Files.createDirectory(directory.resolve("empty"));
            assertThat(store.list("")).extracting(ObjectInfo::name).containsExactly("n/x");
        }
    }

    @Test
    void close_afterPuts_leavesNoTemporaryDirectory() throws IOException {
        try (SnapshotStore store = FileSystemSnapshotStore.open(directory)) {
            store.putIfAbsent("x", SOURCE);
            assertThat(temporaryDirectories()).hasSize(1);
        }
        assertThat(temporaryDirectories()).isEmpty();
    }

    @Test
    void putIfAbsent_temporaryFilesOfKilledProcess_areRemoved() throws IOException {
        Path killed =
                Files.createDirectory(directory.resolve(FileSystemSnapshotStore.TEMPORARY + "1-2-0123456789abcdef"));
        Files.writeString(killed.resolve("0"), "half an object");
        try (SnapshotStore store = FileSystemSnapshotStore.open(directory)) {
            store.putIfAbsent("x", SOURCE);
            assertThat(killed).doesNotExist();
        }
    }

    @Test
    void putIfAbsent_symbolicLinkNamedLikeATemporaryDirectory_isNotFollowed(@TempDir Path victim) throws IOException {
        Files.writeString(victim.resolve("0"), "precious");
        Path link = Files.createSymbolicLink(
                directory.resolve(FileSystemSnapshotStore.TEMPORARY + "1-2-0123456789abcdef"), victim);
        try (SnapshotStore store = FileSystemSnapshotStore.open(directory)) {
            store.putIfAbsent("x", SOURCE);
        }
        assertThat(link).isSymbolicLink();
        assertThat(victim.resolve("0")).hasContent("precious");
    }

    private List<Path> temporaryDirectories() throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(file -> file.getFileName().toString().startsWith(FileSystemSnapshotStore.TEMPORARY))
                    .toList();
        }
    }

    private static String read(SnapshotStore store, String name) throws IOException {
        try (InputStream in = store.open(name)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Exception> void throwUnchecked(Exception failure) throws T {
        throw (T) failure;
    }
}
