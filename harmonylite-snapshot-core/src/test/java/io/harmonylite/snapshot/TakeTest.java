package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.exception.SnapshotInterruptedException;
import io.harmonylite.snapshot.internal.file.HookedFileOperations;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TakeTest {

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();
    private Path database;

    @BeforeEach
    void createDatabase() throws Exception {
        database = TestDatabase.create(directory.resolve("orders.db"), "PRAGMA journal_mode = WAL");
    }

    private SnapshotManager.Builder builder() {
        return SnapshotManager.builder("orders", database, store);
    }

    @Test
    void take_done_returnsTheSnapshotInfo() throws Exception {
        Instant now = Instant.parse("2026-11-24T09:30:00.123456Z");
        Positions positions = Positions.of("changes-1", new StreamPosition(42, now, now.minusSeconds(9)))
                .with("changes-2", StreamPosition.at(0));
        SnapshotInfo taken =
                builder().node("node_1").clock(InstantSource.fixed(now)).build().take(positions);
        assertThat(taken.id().toString()).startsWith("20261124T093000123Z-node_1-");
        assertThat(taken.name()).isEqualTo("orders");
        assertThat(taken.created()).isEqualTo(Instant.parse("2026-11-24T09:30:00.123Z"));
        assertThat(taken.positions()).isEqualTo(positions);
        assertThat(taken.libraryVersion()).isNotEmpty().doesNotContain("$");
        assertThat(taken.image().userVersion()).isEqualTo(42);
        assertThat(taken.image().applicationId()).isEqualTo(-7);
        assertThat(taken.image().journalMode()).isEqualTo("wal");
        assertThat(taken.image().bytes())
                .isEqualTo(Long.parseLong(TestDatabase.value(database, "PRAGMA page_count")) * 4096);
        assertThat(SnapshotRepository.of("orders", store).list().snapshots()).containsExactly(taken);
    }

    @Test
    void take_done_storesOnlyManifestAndPacks() {
        SnapshotInfo taken = builder().build().take();
        List<ObjectInfo> all = store.list("");
        assertThat(all)
                .extracting(ObjectInfo::name)
                .containsExactly("orders/manifests/" + taken.id(), "orders/packs/" + taken.id() + "-000000");
        assertThat(all.get(1).size()).isEqualTo(taken.storedBytes());
    }

    @Test
    void take_done_leavesNoScratchFiles() throws Exception {
        builder().compaction(Compaction.ALWAYS).build().take();
        try (var left = Files.list(directory)) {
            assertThat(left.map(file -> file.getFileName().toString())).allMatch(name -> name.startsWith("orders.db"));
        }
        try (var left = Files.list(directory)) {
            assertThat(left).noneMatch(Files::isDirectory);
        }
    }

    @Test
    void take_scratchDirectoryConfigured_usesIt() throws Exception {
        Path scratch = Files.createDirectory(directory.resolve("scratch"));
        AtomicReference<Long> there = new AtomicReference<>();
        Recorder recorder = new Recorder().onStart(Stage.SEAL, () -> there.set(count(scratch)));
        builder().scratchDirectory(scratch).listener(recorder).build().take();
        assertThat(there).hasValue(1L);
        assertThat(scratch).isEmptyDirectory();
    }

    private static long count(Path directory) {
        try (var files = Files.list(directory)) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void take_twice_equalImagesHaveEqualDigests() throws Exception {
        SnapshotManager manager = builder().build();
        SnapshotInfo one = manager.take();
        SnapshotInfo other = manager.take();
        assertThat(other.id()).isNotEqualTo(one.id());
        assertThat(other.image()).isEqualTo(one.image());
        TestDatabase.run(database, "INSERT INTO bare VALUES (1)");
        assertThat(manager.take().image().imageDigest())
                .isNotEqualTo(one.image().imageDigest());
    }

    @Test
    void take_fourAtOnce_storesFourSnapshots() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(4);
        try {
            List<Callable<SnapshotInfo>> takes = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                SnapshotManager manager = builder().build();
                takes.add(manager::take);
            }
            for (Future<SnapshotInfo> taken : executor.invokeAll(takes)) {
                assertThat(builder()
                                .build()
                                .verify(taken.get().id(), VerifyDepth.REBUILD)
                                .isSound())
                        .isTrue();
            }
        } finally {
            executor.shutdownNow();
        }
        assertThat(builder().build().list().snapshots()).hasSize(4);
    }

    @Test
    void take_otherNameInTheStore_isIgnored() {
        builder().build().take();
        SnapshotManager other =
                SnapshotManager.builder("orders2", database, store).build();
        assertThat(other.list().snapshots()).isEmpty();
        other.take();
        assertThat(other.list().snapshots()).hasSize(1);
    }

    @Test
    void take_whileAnotherRuns_isRejected() {
        AtomicReference<Throwable> rejection = new AtomicReference<>();
        AtomicReference<SnapshotManager> manager = new AtomicReference<>();
        Recorder recorder = new Recorder().onStart(Stage.SANITIZE, () -> {
            try {
                manager.get().take();
            } catch (SnapshotInProgressException e) {
                rejection.set(e);
            }
        });
        manager.set(builder().listener(recorder).build());
        manager.get().take();
        assertThat(rejection.get()).hasMessageContaining("orders.db");
        manager.get().take();
    }

    @Test
    void take_closedManager_isRejected() {
        SnapshotManager manager = builder().build();
        manager.close();
        assertThatThrownBy(manager::take).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void take_listener_receivesEveryStageAndAllBytes() {
        Recorder recorder = new Recorder();
        SnapshotInfo taken = builder().listener(recorder).build().take();
        assertThat(recorder.events)
                .containsSubsequence(
                        "+CAPTURE",
                        "-CAPTURE",
                        "+SANITIZE",
                        "-SANITIZE",
                        "+COMPACT",
                        "-COMPACT",
                        "+SEAL",
                        "+CHECK",
                        "-CHECK",
                        "-SEAL",
                        "+COMMIT",
                        "-COMMIT");
        for (Stage stage : List.of(Stage.CAPTURE, Stage.SEAL)) {
            assertThat(recorder.done.get(stage))
                    .isSorted()
                    .endsWith(taken.image().bytes());
            assertThat(recorder.totals).containsEntry(stage, taken.image().bytes());
        }
    }

    @Test
    void take_listenerThrows_continues() {
        SnapshotListener throwing = new SnapshotListener() {
            @Override
            public void stageStarted(Stage stage) {
                throw new IllegalStateException("planned");
            }
        };
        builder().listener(throwing).build().take();
        assertThat(builder().build().list().snapshots()).hasSize(1);
    }

    @Test
    void take_executorRejectsOrRunsInPlace_succeeds() {
        builder()
                .executor(task -> {
                    throw new RejectedExecutionException("planned");
                })
                .parallelism(4)
                .build()
                .take();
        builder().executor(Runnable::run).parallelism(4).build().take();
        assertThat(builder().build().list().snapshots()).hasSize(2);
    }

    @Test
    void take_default_leavesAProcessorToWriters() {
        int processors = Runtime.getRuntime().availableProcessors();
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Executor counting = task -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            new Thread(() -> {
                        task.run();
                        running.decrementAndGet();
                    })
                    .start();
        };
        builder().executor(counting).build().take();
        assertThat(most.get()).isLessThanOrEqualTo(Math.max(0, processors - 2)); // The caller works too.
        builder().executor(counting).parallelism(2).build().take(TakeRequest.full());
        assertThat(most.get()).isPositive();
    }

    @Test
    void take_interruptedBefore_isRejectedAndKeepsTheInterrupt() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> builder().build().take()).isInstanceOf(SnapshotInterruptedException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(store.list("")).isEmpty();
    }

    @Test
    void take_interruptedInAnyStage_storesNoSnapshot() {
        for (Stage stage : List.of(Stage.CAPTURE, Stage.SANITIZE, Stage.COMPACT, Stage.SEAL, Stage.COMMIT)) {
            Recorder recorder =
                    new Recorder().onStart(stage, () -> Thread.currentThread().interrupt());
            assertThatThrownBy(() -> builder().listener(recorder).build().take())
                    .as("%s", stage)
                    .isInstanceOf(SnapshotInterruptedException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(store.list("orders/manifests/")).isEmpty();
        }
    }

    @Test
    void take_longerThanHalfTheGracePeriod_failsAndIsNotListed() {
        assertThatThrownBy(
                        () -> builder().gracePeriod(Duration.ofNanos(2)).build().take())
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("grace");
        assertThat(builder().build().list().snapshots()).isEmpty();
        assertThat(store.list("")).isEmpty();
    }

    @Test
    void take_packsTooOldByTheClockOfTheStore_isRetired() {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-24T09:00:00Z"));
        InMemorySnapshotStore ageing = new InMemorySnapshotStore(now::get);
        Recorder recorder =
                new Recorder().onStart(Stage.COMMIT, () -> now.set(now.get().plus(Duration.ofHours(13))));
        SnapshotManager manager = SnapshotManager.builder("orders", database, ageing)
                .listener(recorder)
                .build();
        assertThatThrownBy(manager::take)
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("grace");
        assertThat(manager.list().snapshots()).isEmpty();
        assertThat(ageing.list("orders/retired/")).hasSize(1);
    }

    @Test
    void take_tooManyStreamsForAManifest_isRejectedBeforeTheCapture() {
        Positions positions = Positions.none();
        for (int i = 0; i < 400; i++) {
            positions = positions.with("s".repeat(200) + i, StreamPosition.at(i));
        }
        Positions tooMany = positions;
        Recorder recorder = new Recorder();
        assertThatThrownBy(() -> builder().listener(recorder).build().take(tooMany))
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("streams");
        assertThat(recorder.events).isEmpty();
    }

    @Test
    void d32_noSpaceForTheCopy_isRejectedBeforeTheCopy() throws Exception {
        HookedFileOperations full = new HookedFileOperations((number, operation) -> {}) {
            @Override
            public long usableSpace(Path file) {
                return 1000;
            }
        };
        assertThatThrownBy(() -> builder().files(full).build().take())
                .isInstanceOf(InsufficientSpaceException.class)
                .hasMessageContaining("1000")
                .hasMessageContaining("copying");
        assertThat(store.list("")).isEmpty();
    }

    @Test
    void take_anyFileOperationFails_storesACompleteSnapshotOrNone() throws Exception {
        HookedFileOperations counting = HookedFileOperations.counting();
        builder().files(counting).compaction(Compaction.ALWAYS).build().take();
        int operations = counting.log().size();
        int taken = 1;
        for (int k = 0; k < operations; k++) {
            HookedFileOperations failing = HookedFileOperations.failingAt(
                    k, () -> new FileSystemException("x", null, "No space left on device"), false);
            try {
                builder().files(failing).compaction(Compaction.ALWAYS).build().take();
                taken++;
            } catch (InsufficientSpaceException e) {
                assertThat(e).hasMessageContaining("space");
            }
            assertThat(builder().build().list().snapshots()).hasSize(taken);
        }
    }

    @Test
    void builder_invalidValues_areRejected() {
        assertThatThrownBy(() -> SnapshotManager.builder("../x", database, store))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("../x");
        assertThatThrownBy(() -> builder().node("a b")).hasMessageContaining("a b");
        assertThatThrownBy(() -> builder().compressionLevel(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder().compressionLevel(20)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder().gracePeriod(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder().parallelism(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder().busyTimeout(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
