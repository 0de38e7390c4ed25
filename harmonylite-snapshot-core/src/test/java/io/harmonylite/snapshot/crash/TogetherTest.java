package io.harmonylite.snapshot.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.ChildJvm;
import io.harmonylite.snapshot.PruneRequest;
import io.harmonylite.snapshot.RetentionPolicy;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.TestDatabase;
import io.harmonylite.snapshot.VerifyDepth;
import io.harmonylite.snapshot.crash.TogetherProgram.Role;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.ObjectInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Takers, restorers and pruners in several processes on one store, stopped for any time. */
@Timeout(600)
class TogetherTest {

    @TempDir
    Path directory;

    private final List<ChildJvm> children = new ArrayList<>();
    private Path stored;
    private FileSystemSnapshotStore store;
    private SnapshotRepository repository;

    @BeforeEach
    void takeOne() throws Exception {
        stored = directory.resolve("store");
        store = FileSystemSnapshotStore.create(stored);
        repository = SnapshotRepository.of("orders", store);
        TogetherProgram.create(database("first"));
        SnapshotManager.builder("orders", database("first"), store).build().take();
    }

    @AfterEach
    void endAll() throws IOException {
        for (ChildJvm child : children) {
            child.close();
        }
        store.close();
    }

    private Path database(String name) {
        return directory.resolve(name + ".db");
    }

    private ChildJvm start(String name, Role role, int times, Duration grace) throws Exception {
        TogetherProgram.create(database(name));
        ChildJvm child = ChildJvm.start(TogetherProgram.class, stored, database(name), role, times, grace);
        children.add(child);
        return child;
    }

    private void startAll(int times, Duration grace) throws Exception {
        start("taker", Role.TAKE, times, grace);
        start("other", Role.TAKE, times, grace);
        start("restorer", Role.RESTORE, times, grace);
        start("pruner", Role.PRUNE, times, grace);
    }

    @Test
    void takersRestorerAndPruner_inSeparateProcesses_damageNothing() throws Exception {
        startAll(8, Duration.ofMinutes(10));
        List<String> lines = awaitAll();
        assertThat(count(lines, TogetherProgram.TAKEN)).isEqualTo(16);
        assertThat(count(lines, TogetherProgram.RESTORED)).isEqualTo(8);
        assertEndsWell();
    }

    /** Stops processes for longer than the grace period: some takes and restores are too late and report it. */
    @Test
    @Tag("slow")
    void takersRestorerAndPruners_stoppedPastTheGracePeriod_damageNothing() throws Exception {
        Random random = SeededRandom.announce(TogetherTest.class);
        startAll(Integer.MAX_VALUE, Duration.ofSeconds(2));
        start("sweeper", Role.PRUNE, Integer.MAX_VALUE, Duration.ofSeconds(2));
        for (int time = 0; time < 20; time++) {
            ChildJvm child = children.get(random.nextInt(children.size()));
            signal(child, "STOP");
            LockSupport.parkNanos(Duration.ofMillis(random.nextInt(3000)).toNanos());
            signal(child, "CONT");
        }
        Files.createFile(directory.resolve(TogetherProgram.STOP));
        List<String> lines = awaitAll();
        System.err.println("TogetherTest: " + count(lines, TogetherProgram.TAKEN) + " takes and "
                + count(lines, TogetherProgram.LATE) + " that were late, " + count(lines, TogetherProgram.RESTORED)
                + " restores and " + count(lines, TogetherProgram.GONE) + " that found their snapshot gone, "
                + count(lines, TogetherProgram.PRUNED) + " prunes");
        assertEndsWell();
    }

    private static long count(List<String> lines, String what) {
        return lines.stream().filter(line -> line.startsWith(what + " ")).count();
    }

    /** Sends a signal; fails silently if the process has ended. */
    private static void signal(ChildJvm child, String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(child.pid()))
                .start()
                .waitFor();
    }

    /** Waits until every process has ended normally. An unexpected failure would end one with another status. */
    private List<String> awaitAll() throws Exception {
        List<String> lines = new ArrayList<>();
        for (ChildJvm child : children) {
            for (String line = child.line(); !line.equals(TogetherProgram.ENDED); line = child.line()) {
                lines.add(line);
            }
            assertThat(child.await()).isZero();
        }
        return lines;
    }

    private void assertEndsWell() throws Exception {
        PruneRequest sweep = PruneRequest.retain(RetentionPolicy.keepLast(2)).gracePeriod(Duration.ZERO);
        repository.prune(sweep);
        List<SnapshotInfo> listed = repository.list().snapshots();
        assertThat(listed).hasSizeGreaterThanOrEqualTo(2);
        for (SnapshotInfo snapshot : listed) {
            assertThat(repository.verify(snapshot.id(), VerifyDepth.REBUILD).problem())
                    .isEmpty();
        }
        assertThat(store.list("orders/"))
                .extracting(ObjectInfo::name)
                .allMatch(name -> name.startsWith("orders/manifests/") || name.startsWith("orders/packs/"))
                .filteredOn(name -> name.startsWith("orders/manifests/"))
                .hasSize(listed.size());
        assertThat(repository.prune(sweep).orphans()).isZero();
        assertThat(TestDatabase.value(database("restorer"), "PRAGMA integrity_check"))
                .isEqualTo("'ok'");
    }

    @Test
    void take_pausedPastItsLease_completesLikeTheTakeOfTheNextHolder() throws Exception {
        ChildJvm paused = start("paused", Role.TAKE_UNDER_LEASE, 1, Duration.ofMinutes(10));
        assertThat(paused.line()).isEqualTo(TogetherProgram.WAITING);
        signal(paused, "STOP");
        SnapshotId second = takeWhenTheLeaseIsOver();
        signal(paused, "CONT");
        paused.say("go on");
        String lines = paused.line();
        assertThat(lines).startsWith(TogetherProgram.LOST);
        assertThat(paused.await()).isZero();
        assertThat(repository.list().snapshots()).hasSize(3);
        SnapshotId first = SnapshotId.parse(lines.substring(lines.lastIndexOf(' ') + 1));
        for (SnapshotId id : List.of(first, second)) {
            assertThat(repository.verify(id, VerifyDepth.REBUILD).problem()).isEmpty();
        }
    }

    private SnapshotId takeWhenTheLeaseIsOver() {
        SnapshotManager manager = SnapshotManager.builder("orders", database("first"), store)
                .lease(new FileLease(directory.resolve("lease"), FileLease.MOMENT))
                .build();
        while (true) {
            try {
                return manager.take().id();
            } catch (SnapshotInProgressException e) {
                LockSupport.parkNanos(Duration.ofMillis(5).toNanos()); // The lease is held until it expires.
            }
        }
    }
}
