package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.ChildProgram.Work;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.ObjectInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a process at a random instant of a take or a restore. The database is then the old or the new one, every listed
 * snapshot is complete, the next run succeeds, and no other files remain. {@code -Dsnapshot.seed} repeats a run as far
 * as timing permits.
 */
class KilledTest {

    private static final int KILLED = 128 + 9;
    private static final List<Work> WORKS = List.of(Work.TAKE, Work.SWAP, Work.ONLINE);
    private static final PruneRequest SWEEP =
            PruneRequest.retain(RetentionPolicy.keepLast(1)).gracePeriod(Duration.ZERO);

    @TempDir
    Path directory;

    private final long seed = Long.getLong("snapshot.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final List<SnapshotId> snapshots = new ArrayList<>();
    private final List<Map<String, List<String>>> contents = new ArrayList<>();
    private Path database;
    private Path storeDirectory;

    @BeforeEach
    void takeTwoSnapshots() throws Exception {
        database = TestDatabase.create(directory.resolve("orders.db"), "PRAGMA journal_mode = WAL");
        TestDatabase.run(database, TestDatabase.fill("note", "text, at", "randomblob(1000), i", 600));
        storeDirectory = directory.resolve("store");
        try (FileSystemSnapshotStore store = FileSystemSnapshotStore.create(storeDirectory)) {
            for (int number = 0; number < 2; number++) {
                TestDatabase.run(database, "INSERT INTO bare VALUES (" + number + ")");
                snapshots.add(manager(store).take().id());
                contents.add(content());
                manager(store).repository().pin(snapshots.get(number));
            }
        }
    }

    private SnapshotManager manager(FileSystemSnapshotStore store) {
        return SnapshotManager.builder("orders", database, store).build();
    }

    /** Returns the content of the database, without its journal mode. */
    private Map<String, List<String>> content() throws Exception {
        Map<String, List<String>> dump = new TreeMap<>(TestDatabase.dump(database));
        dump.remove("PRAGMA journal_mode");
        assertThat(dump.get("integrity_check")).containsExactly("'ok'");
        return dump;
    }

    @Test
    void kill_onceInEachOperation_leavesEverythingComplete() throws Exception {
        kill(WORKS.size());
    }

    @Test
    @Tag("slow")
    void kill_oftenInEachOperation_leavesEverythingComplete() throws Exception {
        kill(70 * WORKS.size());
    }

    private void kill(int times) throws Exception {
        System.err.println("KilledTest: -Dsnapshot.seed=" + seed);
        for (int time = 0; time < times; time++) {
            Work work = WORKS.get(time % WORKS.size());
            long micros = killAtRandom(work);
            check(work, "seed " + seed + ", time " + time + ", " + work + " killed after " + micros + " us");
        }
    }

    /** Kills the process in its first round, or in the second one, which takes about as long as the first. */
    private long killAtRandom(Work work) throws Exception {
        try (ChildJvm child = ChildJvm.start(ChildProgram.class, work, directory)) {
            assertThat(child.line()).isEqualTo("ready");
            long round = random.nextBoolean() ? 700 : Long.parseLong(child.line());
            long micros = (long) (random.nextDouble() * 1100 * round);
            LockSupport.parkNanos(micros * 1000);
            assertThat(child.kill()).isEqualTo(KILLED);
            return micros;
        }
    }

    private void check(Work work, String when) throws Exception {
        assertThat(content()).as(when).isIn(work == Work.TAKE ? contents.subList(1, 2) : contents);
        try (FileSystemSnapshotStore store = FileSystemSnapshotStore.open(storeDirectory)) {
            SnapshotRepository repository = SnapshotRepository.of("orders", store);
            List<SnapshotInfo> listed = repository.list().snapshots();
            assertThat(listed).as(when).hasSizeGreaterThanOrEqualTo(2);
            for (SnapshotInfo snapshot : listed) {
                assertThat(repository.verify(snapshot.id(), VerifyDepth.REBUILD).problem())
                        .as(when)
                        .isEmpty();
            }
            runAgain(work, store, when);
        }
        assertNothingElseRemains(when);
    }

    private void runAgain(Work work, FileSystemSnapshotStore store, String when) throws Exception {
        SnapshotManager manager = manager(store);
        RestoreRequest again = RestoreRequest.of(snapshots.get(1));
        switch (work) {
            case SWAP -> manager.restore(again);
            case ONLINE -> manager.restore(again.online(WriteBarrier.noWriters()));
            default -> {} // The take follows.
        }
        SnapshotId last = manager.take().id();
        assertThat(content()).as(when).isEqualTo(contents.get(1));
        assertThat(TestDatabase.value(database, "PRAGMA journal_mode")).as(when).isEqualTo("'wal'");
        manager.repository().prune(SWEEP);
        for (SnapshotId id : List.of(snapshots.get(0), snapshots.get(1), last)) {
            assertThat(manager.verify(id, VerifyDepth.STORED_BYTES).problem())
                    .as(when)
                    .isEmpty();
        }
    }

    /** Checks that only the database, the two pinned snapshots and the last one remain, with their packs. */
    private void assertNothingElseRemains(String when) throws IOException {
        assertThat(names(directory)).as(when).containsExactlyInAnyOrder("orders.db", "store");
        assertThat(names(storeDirectory)).as(when).containsExactly("orders");
        Path objects = storeDirectory.resolve("orders");
        assertThat(names(objects.resolve("manifests"))).as(when).hasSize(3);
        try (FileSystemSnapshotStore store = FileSystemSnapshotStore.open(storeDirectory)) {
            assertThat(store.list("orders/packs/"))
                    .as(when)
                    .extracting(ObjectInfo::name)
                    .containsExactlyElementsOf(NamedPacks.in(store, "orders"));
        }
        assertThat(names(objects.resolve("pins"))).as(when).hasSize(2);
        for (String folder : List.of("retired", "clock")) {
            if (Files.exists(objects.resolve(folder))) {
                assertThat(names(objects.resolve(folder))).as(when).isEmpty();
            }
        }
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
