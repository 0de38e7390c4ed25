package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.harmonylite.snapshot.Replica.Kind;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.StoreUnavailableException;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.RetryingSnapshotStore;
import io.harmonylite.snapshot.testing.Fault;
import io.harmonylite.snapshot.testing.FaultyStore;
import io.harmonylite.snapshot.testing.HookedStore;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.harmonylite.snapshot.testing.InMemoryStreams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Faults by which HarmonyLite loses data, reproduced here. The others are in the test classes of the code concerned.
 */
class OriginalFaultsTest {

    private static final String STREAM = "changes-1";

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();
    private Path database;

    @BeforeEach
    void createDatabase() throws Exception {
        database = TestDatabase.create(directory.resolve("orders.db"), "PRAGMA journal_mode = WAL");
    }

    private static Positions at(long sequence) {
        return Positions.of(STREAM, StreamPosition.at(sequence));
    }

    /** HarmonyLite deletes the old snapshot before it uploads the new one. */
    @Test
    void d01_storeLostDuringAnUpload_keepsTheOldSnapshot() {
        SnapshotInfo old =
                SnapshotManager.builder("orders", database, store).build().take(at(1));
        FaultyStore cut = new FaultyStore(store);
        SnapshotManager manager = SnapshotManager.builder(
                        "orders",
                        database,
                        RetryingSnapshotStore.builder(cut)
                                .firstWait(Duration.ofNanos(1))
                                .patience(Duration.ofMillis(1))
                                .build())
                .build();
        int calls = 0;
        do {
            cut.from(calls, Fault.UNREACHABLE);
            assertThatThrownBy(() -> manager.take(TakeRequest.full().positions(at(2))))
                    .isInstanceOf(StoreUnavailableException.class);
            calls++;
        } while (store.list("orders/packs/").size() == 1);
        cut.from(0, Fault.NONE);
        assertThat(manager.list().snapshots()).containsExactly(old);
        assertThat(manager.verify(old.id(), VerifyDepth.REBUILD).isSound()).isTrue();
        SnapshotInfo taken = manager.take(at(2));
        assertThat(manager.list().snapshots()).containsExactly(old, taken);
    }

    /** HarmonyLite replaced a snapshot of 1,024 rows by one of 3. */
    @Test
    void d25_takerPausedWhileAnotherTakesANewerSnapshot_replacesNothing() throws Exception {
        List<SnapshotInfo> newer = new ArrayList<>();
        HookedStore pausing = new HookedStore(store, (number, call, name) -> {
            if (call.equals("put") && name.startsWith("orders/manifests/")) {
                newer.add(SnapshotManager.builder("orders", database, store)
                        .build()
                        .take(at(1024)));
            }
        });
        SnapshotInfo late =
                SnapshotManager.builder("orders", database, pausing).build().take(at(3));
        SnapshotRepository repository = SnapshotRepository.of("orders", store);
        assertThat(newer).hasSize(1);
        assertThat(repository.list().snapshots()).containsExactlyInAnyOrder(late, newer.get(0));
        assertThat(repository.latest()).contains(newer.get(0));
        repository.restore(RestoreRequest.latest(), directory.resolve("restored.db"));
    }

    /**
     * In HarmonyLite, idle readers kept every replaced database and every uploaded snapshot open, and so on the disk.
     */
    @Test
    void d33_takesRestoresAndPrunes_leaveNoFileOpen() throws Exception {
        Path descriptors = Path.of("/proc/self/fd");
        assumeTrue(Files.exists(descriptors)); // AssertJ would generate classes for this.
        Path place = Files.createDirectory(directory.resolve("store"));
        try (FileSystemSnapshotStore files = FileSystemSnapshotStore.open(place)) {
            SnapshotManager manager = SnapshotManager.builder("orders", database, files)
                    .retention(RetentionPolicy.keepLast(1))
                    .gracePeriod(Duration.ofHours(1))
                    .build();
            for (int round = 0; round < 2; round++) {
                SnapshotInfo taken = manager.take();
                manager.verify(taken.id(), VerifyDepth.REBUILD);
                manager.restore(RestoreRequest.latest());
                manager.restore(RestoreRequest.latest().online(WriteBarrier.noWriters()));
                manager.prune();
                assertThat(open(descriptors))
                        .as("round " + round)
                        .allMatch(file -> file.endsWith("/lock")) // The lock file of the store, until it is closed.
                        .hasSizeLessThanOrEqualTo(1);
            }
        }
        assertThat(open(descriptors)).isEmpty();
    }

    /** Returns the files below the test's directory that this process has open, including deleted ones. */
    private List<String> open(Path descriptors) throws IOException {
        List<String> open = new ArrayList<>();
        try (Stream<Path> all = Files.list(descriptors)) {
            for (Path descriptor : all.toList()) {
                target(descriptor)
                        .filter(file -> file.startsWith(directory.toString()))
                        .forEach(open::add);
            }
        }
        return open;
    }

    private static Stream<String> target(Path descriptor) throws IOException {
        try {
            return Stream.of(Files.readSymbolicLink(descriptor).toString());
        } catch (NoSuchFileException e) {
            return Stream.empty(); // The descriptor of the listing itself.
        }
    }

    /** HarmonyLite took a deleted bucket for an empty one, and the node continued with 16 of 32 rows. */
    @Test
    void d34_storeMissingDuringRecovery_isReportedAndNotTakenForEmpty() throws Exception {
        InMemoryStreams streams = InMemoryStreams.unlimited(STREAM);
        streams.publish(STREAM, 32);
        streams.dropBefore(STREAM, 17);
        Path place = Files.createDirectory(directory.resolve("store"));
        Path home = Files.createDirectory(directory.resolve("node"));
        try (FileSystemSnapshotStore gone = FileSystemSnapshotStore.open(place);
                Replica replica = new Replica(home, Kind.FILE, gone, streams)) {
            Files.delete(place);
            assertThatThrownBy(() -> replica.manager().recover())
                    .isInstanceOf(SnapshotConfigurationException.class)
                    .hasMessageContaining(place.toString());
            assertThat(place).doesNotExist();
            assertThat(replica.database).doesNotExist();
        }
    }
}
