package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.testing.HookedStore;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.harmonylite.snapshot.watch.Trigger;
import io.harmonylite.snapshot.watch.WatchDuty;
import io.harmonylite.snapshot.watch.WatchOptions;
import io.harmonylite.snapshot.watch.WatchOutcome;
import io.harmonylite.snapshot.watch.WatchReport;
import io.harmonylite.snapshot.watch.WatchStatus;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs of the loop that end early, on their real threads; they leave nothing behind. */
@Timeout(120)
class WatchEndTest {

    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    Path directory;

    private final InMemorySnapshotStore memory = new InMemorySnapshotStore();
    private final HookedStore store = new HookedStore(memory, this::before);
    private final ManualScheduler scheduler = new ManualScheduler();
    private final BlockingQueue<WatchReport> reports = new LinkedBlockingQueue<>();
    private final CountDownLatch uploading = new CountDownLatch(1);
    private final CountDownLatch proceed = new CountDownLatch(1);
    private volatile boolean isBlocking;
    private Path database;

    @BeforeEach
    void createDatabase() throws Exception {
        database = TestDatabase.create(directory.resolve("orders.db"), "PRAGMA journal_mode = WAL");
    }

    private SnapshotManager.Builder builder(Trigger trigger) {
        return SnapshotManager.builder("orders", database, store)
                .clock(scheduler)
                .trigger(trigger)
                .watchOptions(WatchOptions.defaults().jitter(0).noDrills().listener(reports::add));
    }

    /** Configures takes that block while they upload, until they may proceed or are interrupted. */
    private SnapshotManager.Builder blocking(Trigger trigger) {
        isBlocking = true;
        return builder(trigger);
    }

    private void before(int number, String call, String name) throws IOException {
        if (isBlocking && call.equals("put") && name.startsWith("orders/packs/")) {
            uploading.countDown();
            try {
                proceed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted before the upload");
            }
        }
    }

    private WatchReport report() throws InterruptedException {
        return reports.poll(60, TimeUnit.SECONDS);
    }

    private void assertNothingIsLeft() throws Exception {
        assertThat(memory.list("orders/packs/")).isEmpty();
        assertThat(memory.list("orders/manifests/")).isEmpty();
        assertNoScratch();
    }

    private void assertNoScratch() throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString())).noneMatch(name -> name.contains("scratch"));
        }
    }

    @Test
    void take_exceedsItsDeadline_isStoppedAndRetried() throws Exception {
        try (SnapshotManager manager = blocking(Trigger.every(HOUR))
                .watchOptions(WatchOptions.defaults()
                        .jitter(0)
                        .noDrills()
                        .takeDeadline(Duration.ofMinutes(10))
                        .listener(reports::add))
                .build()) {
            manager.start(scheduler);
            scheduler.advance(Duration.ZERO);
            uploading.await();
            assertThat(manager.watchStatus().duty(WatchDuty.TAKE).running()).isTrue();
            scheduler.advance(Duration.ofMinutes(9));
            assertThat(reports).isEmpty();
            scheduler.advance(Duration.ofMinutes(1));
            WatchReport report = report();
            assertThat(report.outcome()).isEqualTo(WatchOutcome.FAILED);
            assertThat(report.failure().orElseThrow())
                    .hasMessageContaining("did not finish within its deadline of PT10M");
            assertNothingIsLeft();
            proceed.countDown();
            scheduler.advance(untilNext(manager, scheduler));
            WatchReport second = report();
            assertThat(second.outcome()).as("%s", second).isEqualTo(WatchOutcome.DONE);
        }
    }

    /** Waits until the next run is scheduled: a run reports before that. */
    private static Duration untilNext(SnapshotManager manager, ManualScheduler scheduler) {
        while (manager.watchStatus().duty(WatchDuty.TAKE).next().isEmpty()) {
            Thread.onSpinWait();
        }
        Instant next = manager.watchStatus().duty(WatchDuty.TAKE).next().orElseThrow();
        return Duration.between(scheduler.instant(), next);
    }

    @Test
    void close_takeRuns_interruptsItAndWaitsForItsEnd() throws Exception {
        SnapshotManager manager = blocking(Trigger.every(HOUR)).build();
        manager.start(scheduler);
        scheduler.advance(Duration.ZERO);
        uploading.await();
        manager.close();
        assertThat(reports.remove().outcome()).isEqualTo(WatchOutcome.STOPPED);
        assertThat(manager.watchStatus().duty(WatchDuty.TAKE).running()).isFalse();
        assertThat(scheduler.waiting()).isZero();
        assertNothingIsLeft();
    }

    @Test
    void close_takeRunsAndTriggerFiresOnClose_waitsForIt() throws Exception {
        SnapshotManager manager =
                blocking(Trigger.every(HOUR).or(Trigger.beforeClose())).build();
        manager.start(scheduler);
        scheduler.advance(Duration.ZERO);
        uploading.await();
        CompletableFuture<Void> closing = CompletableFuture.runAsync(manager::close);
        while (manager.watchStatus().state() != WatchStatus.State.STOPPED) {
            Thread.onSpinWait();
        }
        assertThat(memory.list("orders/manifests/")).isEmpty();
        proceed.countDown();
        closing.get(60, TimeUnit.SECONDS);
        assertThat(outcomes()).containsExactly(WatchOutcome.DONE, WatchOutcome.UNCHANGED);
        assertThat(memory.list("orders/manifests/")).hasSize(1);
    }

    private List<WatchOutcome> outcomes() {
        List<WatchReport> drained = new ArrayList<>();
        reports.drainTo(drained);
        return drained.stream().map(WatchReport::outcome).toList();
    }

    @Test
    void close_closingThreadInterrupted_endsTheTakeAndKeepsTheInterrupt() throws Exception {
        SnapshotManager manager =
                blocking(Trigger.every(HOUR).or(Trigger.beforeClose())).build();
        manager.start(scheduler);
        scheduler.advance(Duration.ZERO);
        uploading.await();
        Thread.currentThread().interrupt();
        manager.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(outcomes()).startsWith(WatchOutcome.STOPPED).doesNotContain(WatchOutcome.DONE);
        assertNothingIsLeft();
    }

    @Test
    void close_byTheListenerOfTheEndingRun_doesNotWaitForItself() throws Exception {
        CompletableFuture<SnapshotManager> made = new CompletableFuture<>();
        CountDownLatch closed = new CountDownLatch(1);
        SnapshotManager manager = builder(Trigger.every(HOUR).or(Trigger.beforeClose()))
                .watchOptions(WatchOptions.defaults().jitter(0).noDrills().listener(report -> {
                    made.join().close();
                    closed.countDown();
                }))
                .build();
        made.complete(manager);
        manager.start(scheduler);
        scheduler.advance(Duration.ZERO);
        assertThat(closed.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(manager.watchStatus().state()).isEqualTo(WatchStatus.State.STOPPED);
    }

    @Test
    void close_executorNeverRanTheTask_doesNotWaitForIt() throws Exception {
        List<Runnable> forgotten = new ArrayList<>();
        for (Trigger trigger : List.of(Trigger.every(HOUR), Trigger.beforeClose())) {
            SnapshotManager manager =
                    builder(trigger).executor(forgotten::add).parallelism(1).build();
            manager.start(scheduler);
            scheduler.advance(Duration.ZERO);
            assertThat(manager.watchStatus().duty(WatchDuty.TAKE).running()).isTrue();
            manager.close();
            assertThat(manager.watchStatus().duty(WatchDuty.TAKE).running()).isFalse();
        }
        assertThat(outcomes()).containsExactly(WatchOutcome.STOPPED, WatchOutcome.STOPPED, WatchOutcome.DONE);
        forgotten.forEach(Runnable::run);
        assertThat(outcomes()).isEmpty();
        assertThat(memory.list("orders/manifests/")).hasSize(1);
    }

    @Test
    void take_whileAnotherTakeRuns_isRejectedAndTheLoopWaits() throws Exception {
        try (SnapshotManager manager = blocking(Trigger.every(HOUR)).build()) {
            manager.start(scheduler);
            CompletableFuture<SnapshotInfo> first = CompletableFuture.supplyAsync(manager::take);
            uploading.await();
            assertThatThrownBy(manager::take).isInstanceOf(SnapshotInProgressException.class);
            scheduler.advance(Duration.ZERO);
            assertThat(report().outcome()).isEqualTo(WatchOutcome.BUSY);
            assertThat(manager.watchStatus().duty(WatchDuty.TAKE).consecutiveFailures())
                    .isZero();
            proceed.countDown();
            assertThat(first.get(60, TimeUnit.SECONDS)).isNotNull();
        }
    }

    @Test
    void start_withoutScheduler_usesOneDaemonThreadUntilClose() throws Exception {
        List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
        SnapshotManager manager = builder(Trigger.every(HOUR))
                .executor(work -> {
                    threads.add(Thread.currentThread());
                    work.run();
                })
                .parallelism(1)
                .build();
        manager.start();
        assertThat(report().outcome()).isEqualTo(WatchOutcome.DONE);
        manager.close();
        assertThat(threads).isNotEmpty();
        Thread thread = threads.get(0);
        assertThat(thread.getName()).isEqualTo("harmonylite-snapshot-watch");
        assertThat(thread.isDaemon()).isTrue();
        thread.join(60_000);
        assertThat(thread.isAlive()).isFalse();
    }

    @Test
    void d27_sigtermWhileTheLoopWaits_takesOnceMoreAndExits() throws Exception {
        Path orders = directory.resolve("store");
        Files.createDirectory(orders);
        try (ChildJvm child = ChildJvm.start(WatchedChild.class, WatchedChild.Mode.WAITING, directory)) {
            assertThat(child.line()).isEqualTo("DONE");
            TestDatabase.run(database, "INSERT INTO bare VALUES ('late')");
            assertThat(child.terminate()).isEqualTo(128 + 15);
            assertThat(child.line()).isEqualTo("DONE");
            assertThat(child.line()).isEqualTo("closed");
        }
        assertNoScratch();
        Path restored = directory.resolve("restored.db");
        try (FileSystemSnapshotStore files = FileSystemSnapshotStore.open(orders)) {
            SnapshotRepository repository = SnapshotRepository.of("orders", files);
            assertThat(repository.list().snapshots()).hasSize(2);
            repository.restore(RestoreRequest.latest(), restored);
        }
        assertThat(TestDatabase.value(restored, "SELECT x FROM bare")).isEqualTo("'late'");
    }

    @Test
    void d27_sigtermDuringATake_leavesNothingBehind() throws Exception {
        Path orders = directory.resolve("store");
        Files.createDirectory(orders);
        try (ChildJvm child = ChildJvm.start(WatchedChild.class, WatchedChild.Mode.TAKING, directory)) {
            assertThat(child.line()).isEqualTo("storing");
            assertThat(child.terminate()).isEqualTo(128 + 15);
            assertThat(child.line()).isEqualTo("STOPPED");
            assertThat(child.line()).isEqualTo("closed");
        }
        assertNoScratch();
        try (FileSystemSnapshotStore files = FileSystemSnapshotStore.open(orders)) {
            assertThat(files.list("orders/packs/")).isEmpty();
            assertThat(files.list("orders/manifests/")).isEmpty();
        }
    }
}
