package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.internal.file.HookedFileOperations;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Volumes that really run full, fillAt every stage. Database and store stay complete, and the message names the required
 * bytes.
 */
class SpaceTest {

    private static final long MIB = 1 << 20;
    private static final String NAMES_REQUIRED_BYTES = "(?s).*needs \\d+ bytes.*";

    @TempDir
    Path directory;

    private final InMemorySnapshotStore memory = new InMemorySnapshotStore();
    private Path database;
    private long bytes;

    @BeforeEach
    void createDatabase() throws Exception {
        database = create(directory);
        bytes = Files.size(database);
        assertThat(bytes).isBetween(MIB, 2 * MIB);
    }

    private static Path create(Path directory) throws Exception {
        Path file = TestDatabase.create(directory.resolve("orders.db"), "PRAGMA journal_mode = WAL");
        TestDatabase.run(file, TestDatabase.fill("note", "text, at", "randomblob(1000), i", 800));
        return file;
    }

    /** Creates file operations that report unlimited free space, as if the space was used up after the check. */
    private static HookedFileOperations unlimitedSpace() {
        return new HookedFileOperations((number, operation) -> {}) {
            @Override
            public long usableSpace(Path file) {
                return Long.MAX_VALUE;
            }
        };
    }

    private static SnapshotListener fillAt(Stage stage, Tmpfs volume) {
        return new Recorder().onStart(stage, () -> {
            try {
                volume.fill();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private SnapshotManager.Builder builder(SnapshotStore store) {
        return SnapshotManager.builder("orders", database, store).compaction(Compaction.ALWAYS);
    }

    private static void assertComplete(SnapshotStore store, int snapshots) {
        SnapshotRepository repository = SnapshotRepository.of("orders", store);
        assertThat(repository.list().snapshots()).hasSize(snapshots);
        assertThat(repository.list().unreadable()).isEmpty();
        repository
                .list()
                .snapshots()
                .forEach(info -> assertThat(repository
                                .verify(info.id(), VerifyDepth.REBUILD)
                                .problem())
                        .isEmpty());
    }

    // Takes.

    @Test
    void take_scratchVolumeTooSmall_isRejectedBeforeTheCopy() throws Exception {
        try (Tmpfs small = Tmpfs.mount(directory.resolve("small"), bytes - 4096)) {
            assertThatThrownBy(() -> builder(memory)
                            .scratchDirectory(small.path())
                            .build()
                            .take())
                    .isInstanceOf(InsufficientSpaceException.class)
                    .hasMessageMatching(NAMES_REQUIRED_BYTES)
                    .hasMessageContaining(bytes + " bytes")
                    .hasMessageContaining("are free");
            assertThat(small.path()).isEmptyDirectory();
        }
        assertThat(memory.list("")).isEmpty();
    }

    @Test
    void take_spaceRunsOutInTheCopy_failsAndLeavesNothing() throws Exception {
        Map<String, List<String>> before = TestDatabase.dump(database);
        try (Tmpfs small = Tmpfs.mount(directory.resolve("small"), bytes / 2)) {
            assertThatThrownBy(() -> builder(memory)
                            .files(unlimitedSpace())
                            .scratchDirectory(small.path())
                            .build()
                            .take())
                    .isInstanceOf(InsufficientSpaceException.class)
                    .hasMessageMatching(NAMES_REQUIRED_BYTES)
                    .hasMessageContaining(bytes + " bytes");
            assertThat(small.path()).isEmptyDirectory();
        }
        assertThat(memory.list("")).isEmpty();
        assertThat(TestDatabase.dump(database)).isEqualTo(before);
    }

    @Test
    void take_noSpaceToCompact_isRejectedBeforeCompaction() throws Exception {
        try (Tmpfs small = Tmpfs.mount(directory.resolve("small"), bytes + bytes / 2)) {
            assertThatThrownBy(() -> builder(memory)
                            .scratchDirectory(small.path())
                            .build()
                            .take())
                    .isInstanceOf(InsufficientSpaceException.class)
                    .hasMessageMatching(NAMES_REQUIRED_BYTES)
                    .hasMessageContaining("compacting");
            assertThat(small.path()).isEmptyDirectory();
        }
    }

    @Test
    void take_noSpaceForAWorthwhileCompaction_isTakenWithoutIt() throws Exception {
        TestDatabase.run(database, "DELETE FROM note");
        try (Tmpfs small = Tmpfs.mount(directory.resolve("small"), bytes + bytes / 2)) {
            SnapshotInfo taken = builder(memory)
                    .compaction(Compaction.WHEN_WORTHWHILE)
                    .scratchDirectory(small.path())
                    .build()
                    .take();
            assertThat(taken.notCompacted()).get().asString().contains("compacting");
            assertThat(small.path()).isEmptyDirectory();
        }
        assertComplete(memory, 1);
    }

    @ParameterizedTest
    @EnumSource(names = {"CAPTURE", "SANITIZE", "COMPACT", "SEAL", "COMMIT"})
    void take_scratchVolumeRunsFullAtAnyStage_failsOrIsComplete(Stage stage) throws Exception {
        Map<String, List<String>> before = TestDatabase.dump(database);
        try (Tmpfs scratch = Tmpfs.mount(directory.resolve("scratch"), 4 * bytes)) {
            SnapshotManager.Builder builder = builder(memory).scratchDirectory(scratch.path());
            int taken = successes(() -> builder.files(unlimitedSpace())
                    .listener(fillAt(stage, scratch))
                    .build()
                    .take());
            assertThat(TestDatabase.dump(database)).isEqualTo(before);
            assertComplete(memory, taken);
            scratch.empty();
            assertThat(scratch.path()).isEmptyDirectory();
            builder.listener(SnapshotListener.none()).build().take();
            assertComplete(memory, taken + 1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CAPTURE", "SEAL", "COMMIT"})
    void take_storeRunsFullAtAnyStage_failsAndDeletesItsObjects(Stage stage) throws Exception {
        try (Tmpfs volume = Tmpfs.mount(directory.resolve("volume"), 8 * bytes);
                FileSystemSnapshotStore store = FileSystemSnapshotStore.create(volume.path())) {
            builder(store).build().take();
            List<String> objects = names(store);
            assertThat(successes(() -> builder(store)
                            .listener(fillAt(stage, volume))
                            .build()
                            .take()))
                    .isZero();
            assertThat(names(store)).isEqualTo(objects);
            assertComplete(store, 1);
            volume.empty();
            builder(store).build().take();
            assertComplete(store, 2);
        }
    }

    private static List<String> names(SnapshotStore store) throws IOException {
        return store.list("orders/").stream().map(object -> object.name()).toList();
    }

    /** Returns 1 if the action successes, and 0 if it fails for lack of space and names the required bytes. */
    private static int successes(Runnable action) {
        try {
            action.run();
            return 1;
        } catch (InsufficientSpaceException e) {
            assertThat(e).hasMessageMatching(NAMES_REQUIRED_BYTES);
            return 0;
        }
    }

    // Prunes.

    @Test
    void prune_storeIsFull_freesSpace() throws Exception {
        try (Tmpfs volume = Tmpfs.mount(directory.resolve("volume"), 8 * bytes);
                FileSystemSnapshotStore store = FileSystemSnapshotStore.create(volume.path())) {
            builder(store).build().take(TakeRequest.full());
            builder(store).build().take(TakeRequest.full());
            volume.fill();
            PruneReport report = SnapshotRepository.of("orders", store)
                    .prune(PruneRequest.retain(RetentionPolicy.keepLast(1)).gracePeriod(Duration.ZERO));
            assertThat(report.removed()).hasSize(1);
            assertThat(report.bytesFreed()).isGreaterThan(bytes / 2);
            assertComplete(store, 1);
            builder(store).build().take();
            assertComplete(store, 2);
        }
    }

    // Restores.

    private Map<String, List<String>> content(Path file) throws Exception {
        Map<String, List<String>> dump = new TreeMap<>(TestDatabase.dump(file));
        assertThat(dump.get("integrity_check")).containsExactly("'ok'");
        return dump;
    }

    @ParameterizedTest
    @EnumSource(names = {"FETCH", "VERIFY", "STAGE", "INSTALL"})
    void restoreBySwap_volumeRunsFullAtAnyStage_leavesOldOrNewDatabase(Stage stage) throws Exception {
        assertRestores(stage, RestoreRequest.latest().keepPrevious());
    }

    @ParameterizedTest
    @EnumSource(names = {"FETCH", "VERIFY", "STAGE", "INSTALL"})
    void restoreOnline_volumeRunsFullAtAnyStage_leavesOldOrNewDatabase(Stage stage) throws Exception {
        assertRestores(stage, RestoreRequest.latest().online(WriteBarrier.noWriters()));
    }

    private void assertRestores(Stage stage, RestoreRequest request) throws Exception {
        try (Tmpfs volume = Tmpfs.mount(directory.resolve("volume"), 16 * bytes)) {
            database = create(volume.path());
            SnapshotId taken = builder(memory)
                    .build()
                    .take(Positions.of("s", StreamPosition.at(1)))
                    .id();
            builder(memory).build().restore(RestoreRequest.of(taken));
            TestDatabase.run(database, "DELETE FROM person", "PRAGMA user_version = 42");
            Map<String, List<String>> old = content(database);
            SnapshotManager.Builder builder = SnapshotManager.builder("orders", database, memory);
            int done = successes(() -> builder.files(unlimitedSpace())
                    .listener(fillAt(stage, volume))
                    .build()
                    .restore(request));
            volume.empty();
            if (done == 0) {
                assertThat(content(database)).isEqualTo(old);
            } else {
                assertThat(TestDatabase.value(database, "SELECT count(*) > 0 FROM person"))
                        .isEqualTo("1");
            }
            builder.listener(SnapshotListener.none()).build().restore(RestoreRequest.of(taken));
            assertThat(leftovers(volume.path())).isEmpty();
            assertThat(TestDatabase.value(database, "SELECT count(*) > 0 FROM person"))
                    .isEqualTo("1");
            assertThat(content(database)).containsEntry("PRAGMA journal_mode", List.of("'wal'"));
        }
    }

    private static List<String> leftovers(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.contains("harmonylite") || name.contains("orphaned"))
                    .toList();
        }
    }

    @Test
    void restore_targetVolumeTooSmall_isRejectedBeforeDownload() throws Exception {
        long needed = builder(memory).build().take().image().bytes();
        try (Tmpfs small = Tmpfs.mount(directory.resolve("small"), needed - 8192)) {
            assertThatThrownBy(() -> SnapshotRepository.of("orders", memory)
                            .restore(RestoreRequest.latest(), small.path().resolve("new.db")))
                    .isInstanceOf(InsufficientSpaceException.class)
                    .hasMessageContaining("needs " + needed + " bytes")
                    .hasMessageContaining("are free");
            assertThat(small.path()).isEmptyDirectory();
        }
    }

    @Test
    void restoreOnline_noSpaceForTheWal_isRejectedAndReadersContinue() throws Exception {
        try (Tmpfs volume = Tmpfs.mount(directory.resolve("volume"), 2 * bytes)) {
            database = create(volume.path());
            builder(memory).scratchDirectory(directory).build().take();
            TestDatabase.run(database, "DELETE FROM pair");
            try (Connection reader = TestDatabase.open(database)) {
                Map<String, List<String>> old = TestDatabase.dump(reader);
                assertThatThrownBy(() -> builder(memory)
                                .build()
                                .restore(RestoreRequest.latest().online(WriteBarrier.noWriters())))
                        .isInstanceOf(InsufficientSpaceException.class)
                        .hasMessageMatching(NAMES_REQUIRED_BYTES);
                assertThat(TestDatabase.dump(reader)).isEqualTo(old);
            }
        }
    }

    // Without a mounted volume.

    @Test
    void restore_writeFindsNoSpace_reportsTheRequiredBytes() throws Exception {
        builder(memory).build().take();
        byte[] old = Files.readAllBytes(database);
        HookedFileOperations full = new HookedFileOperations((number, operation) -> {
            if (operation.equals("write")) {
                throw new FileSystemException("x", null, "No space left on device");
            }
        });
        assertThatThrownBy(() -> builder(memory).files(full).build().restore(RestoreRequest.latest()))
                .isInstanceOf(InsufficientSpaceException.class)
                .hasMessageMatching(NAMES_REQUIRED_BYTES);
        assertThat(database).hasBinaryContent(old);
    }
}
