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
import io.harmonylite.snapshot.crash.TogetherProgram.Part;
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

/** Several processes on one store: takers, restorers and pruners, stopped for as long as the system likes. */
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

    private ChildJvm start(String name, Part part, int times, Duration grace) throws Exception {
        TogetherProgram.create(database(name));
        ChildJvm child = ChildJvm.start(TogetherProgram.class, stored, database(name), part, times, grace);
        children.add(child);
        return child;
    }

    private void startAll(int times, Duration grace) throws Exception {
        start("taker", Part.TAKE, times, grace);
        start("other", Part.TAKE, times, grace);
        start("restorer", Part.RESTORE, times, grace);
        start("pruner", Part.PRUNE, times, grace);
        start("sweeper", Part.PRUNE, times, grace);
    }

    @Test
    void takersRestorerAndPruners_inProcessesOfTheirOwn_harmNothing() throws Exception {
        startAll(12, Duration.ofMinutes(10));
        List<String> said = awaitAll();
        assertThat(count(said, TogetherProgram.TAKEN)).isEqualTo(24);
        assertThat(count(said, TogetherProgram.RESTORED)).isEqualTo(12);
        assertEndsWell();
    }

    /** Longer than a take may last, longer than packs are kept for a restore: some come too late, and say so. */
    @Test
    @Tag("slow")
    void takersRestorerAndPruners_eachStoppedPastTheGrace_harmNothing() throws Exception {
        Random random = SeededRandom.announce(TogetherTest.class);
        startAll(Integer.MAX_VALUE, Duration.ofSeconds(2));
        for (int time = 0; time < 20; time++) {
            ChildJvm child = children.get(random.nextInt(children.size()));
            signal(child, "STOP");
            LockSupport.parkNanos(Duration.ofMillis(random.nextInt(3000)).toNanos());
            signal(child, "CONT");
        }
        Files.createFile(directory.resolve(TogetherProgram.OVER));
        List<String> said = awaitAll();
        System.err.println("TogetherTest: " + count(said, TogetherProgram.TAKEN) + " takes and "
                + count(said, TogetherProgram.LATE) + " that were late, " + count(said, TogetherProgram.RESTORED)
                + " restores and " + count(said, TogetherProgram.GONE) + " that found their snapshot gone, "
                + count(said, TogetherProgram.PRUNED) + " prunes");
        assertEndsWell();
    }

    private static long count(List<String> said, String what) {
        return said.stream().filter(line -> line.startsWith(what + " ")).count();
    }

    /** The answer of a process that has ended does not matter. */
    private static void signal(ChildJvm child, String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(child.pid()))
                .start()
                .waitFor();
    }

    /** Every process comes to its end: whatever is not expected would have ended it before. */
    private List<String> awaitAll() throws Exception {
        List<String> said = new ArrayList<>();
        for (ChildJvm child : children) {
            for (String line = child.line(); !line.equals(TogetherProgram.ENDED); line = child.line()) {
                said.add(line);
            }
            assertThat(child.await()).isZero();
        }
        return said;
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
                .hasSize(2 * listed.size());
        assertThat(TestDatabase.value(database("restorer"), "PRAGMA integrity_check"))
                .isEqualTo("'ok'");
    }

    @Test
    void take_pausedPastItsLease_endsWellBesideTheOneThatGotItThen() throws Exception {
        ChildJvm paused = start("paused", Part.TAKE_UNDER_LEASE, 1, Duration.ofMinutes(10));
        assertThat(paused.line()).isEqualTo(TogetherProgram.WAITING);
        signal(paused, "STOP");
        SnapshotId second = takeWhenTheLeaseIsOver();
        signal(paused, "CONT");
        paused.say("go on");
        String said = paused.line();
        assertThat(said).startsWith(TogetherProgram.LOST);
        assertThat(paused.await()).isZero();
        assertThat(repository.list().snapshots()).hasSize(3);
        SnapshotId first = SnapshotId.parse(said.substring(said.lastIndexOf(' ') + 1));
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
                LockSupport.parkNanos(Duration.ofMillis(5).toNanos()); // It is held until it ends by itself.
            }
        }
    }
}
