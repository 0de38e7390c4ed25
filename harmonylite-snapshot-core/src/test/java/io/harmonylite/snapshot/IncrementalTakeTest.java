package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.testing.HookedStore;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Takes that store only changed pages: an image of three leaves, 45 MiB of rows of 1,000 random bytes. */
class IncrementalTakeTest {

    private static final int PAGE = 4096;

    @TempDir
    static Path shared;

    private static byte[] original = new byte[0];

    @TempDir
    Path directory;

    private Instant now = Instant.parse("2026-11-24T00:00:00Z");
    private final InMemorySnapshotStore store = new InMemorySnapshotStore(() -> now);
    private Path database;

    @BeforeEach
    void createDatabase() throws Exception {
        if (original.length == 0) {
            Path made = shared.resolve("orders.db");
            TestDatabase.run(
                    made,
                    "PRAGMA page_size = " + PAGE,
                    "CREATE TABLE t (id INTEGER PRIMARY KEY, x)",
                    TestDatabase.fill("t", "x", "randomblob(1000)", 45_000));
            original = Files.readAllBytes(made);
        }
        database = Files.write(directory.resolve("orders.db"), original);
    }

    private SnapshotManager.Builder builder() {
        now = now.plus(Duration.ofMinutes(1));
        return SnapshotManager.builder("orders", database, store).compaction(Compaction.NEVER);
    }

    private SnapshotInfo take() {
        return builder().build().take();
    }

    private SnapshotRepository repository() {
        return SnapshotRepository.builder("orders", store)
                .scratchDirectory(directory)
                .build();
    }

    private void assertSound(SnapshotInfo snapshot, byte[] expected) throws Exception {
        assertThat(repository().verify(snapshot.id(), VerifyDepth.REBUILD).problem())
                .isEmpty();
        Path copy = directory.resolve("copy-" + snapshot.id() + ".db");
        repository().restore(RestoreRequest.of(snapshot.id()), copy);
        assertThat(TestDatabase.value(copy, "SELECT group_concat(hex(substr(x, 1, 4))) FROM t"))
                .isEqualTo(digestOf(expected));
        Files.delete(copy);
    }

    private String digestOf(byte[] bytes) throws Exception {
        Path file = Files.write(directory.resolve("expected.db"), bytes);
        return TestDatabase.value(file, "SELECT group_concat(hex(substr(x, 1, 4))) FROM t");
    }

    private List<String> packs() {
        return store.list("orders/packs/").stream().map(ObjectInfo::name).toList();
    }

    /** Returns the size of the pages that differ between two images, compressed alone. */
    private static long changedBytes(byte[] before, byte[] after) {
        long bytes = 0;
        for (int at = 0; at < after.length; at += PAGE) {
            byte[] page = Arrays.copyOfRange(after, at, at + PAGE);
            if (at >= before.length || !Arrays.equals(before, at, at + PAGE, page, 0, PAGE)) {
                bytes += Zstd.compress(page).length;
            }
        }
        return bytes;
    }

    @Test
    void take_nothingChanged_storesAManifestAndNoPack() throws Exception {
        SnapshotInfo first = take();
        List<String> packs = packs();
        SnapshotInfo second = take();
        assertThat(packs()).isEqualTo(packs);
        assertThat(second.storedBytes()).isZero();
        assertThat(second.referencedBytes()).isEqualTo(first.storedBytes());
        assertThat(second.image()).isEqualTo(first.image());
        assertSound(second, original);
    }

    @Test
    void take_randomRowsChanged_storesLittleMoreThanTheChangedPages() throws Exception {
        take();
        for (int step : new int[] {3_000, 300, 60}) {
            byte[] before = Files.readAllBytes(database);
            TestDatabase.run(database, "UPDATE t SET x = randomblob(1000) WHERE abs(random()) % " + step + " = 0");
            SnapshotInfo taken = take();
            byte[] after = Files.readAllBytes(database);
            long allowed = changedBytes(before, after) * 11 / 10 + after.length / 500;
            assertThat(taken.storedBytes() - taken.rewrittenBytes()).isBetween(1L, allowed);
            assertSound(taken, after);
        }
    }

    @Test
    void take_rowsAppendedAndNeighboursChanged_storesLittleMoreThanTheChangedPages() throws Exception {
        take();
        byte[] before = Files.readAllBytes(database);
        TestDatabase.run(
                database,
                "UPDATE t SET x = randomblob(1000) WHERE id BETWEEN 7000 AND 7300",
                TestDatabase.fill("t", "x", "randomblob(1000)", 300));
        SnapshotInfo taken = take();
        byte[] after = Files.readAllBytes(database);
        assertThat(taken.storedBytes()).isLessThan(changedBytes(before, after) * 11 / 10 + after.length / 500);
        assertSound(taken, after);
    }

    @Test
    void take_oneLeafChanged_readsNoPackOfTheOthers() throws Exception {
        take();
        TestDatabase.run(database, "UPDATE t SET x = randomblob(1000) WHERE id = 29000");
        HookedStore hooked = new HookedStore(store, (number, call, name) -> {});
        SnapshotManager.builder("orders", database, hooked)
                .compaction(Compaction.NEVER)
                .build()
                .take();
        assertThat(hooked.log().stream().filter(call -> call.startsWith("open orders/packs/")))
                .hasSize(1); // The page table of the leaf of the row.
    }

    @Test
    void restore_manyTakes_opensEachPackOnce() throws Exception {
        take();
        for (int i = 0; i < 6; i++) {
            TestDatabase.run(database, "UPDATE t SET x = randomblob(1000) WHERE id % 700 = " + i);
            take();
        }
        HookedStore hooked = new HookedStore(store, (number, call, name) -> {});
        SnapshotRepository.of("orders", hooked).restore(RestoreRequest.latest(), directory.resolve("restored.db"));
        Map<String, Integer> opened = new HashMap<>();
        hooked.log().stream()
                .filter(call -> call.startsWith("open orders/packs/"))
                .forEach(call -> opened.merge(call, 1, Integer::sum));
        assertThat(opened)
                .hasSizeGreaterThan(4)
                .allSatisfy((call, times) -> assertThat(times).as(call).isEqualTo(1));
    }

    @Test
    void take_full_needsNoOtherPack() throws Exception {
        take();
        SnapshotInfo full = builder().build().take(TakeRequest.full());
        assertThat(full.referencedBytes()).isZero();
        packs().stream().filter(pack -> !pack.contains(full.id().toString())).forEach(store::delete);
        assertSound(full, original);
    }

    @Test
    void take_otherPageSize_storesEverythingAndIsTheNextBase() throws Exception {
        take();
        TestDatabase.run(database, "PRAGMA page_size = 8192", "VACUUM");
        SnapshotInfo other = take();
        assertThat(other.referencedBytes()).isZero();
        assertThat(take().storedBytes()).isZero();
    }

    @Test
    void take_imageShrunk_neitherNeedsNorReadsTheRest() throws Exception {
        take();
        TestDatabase.run(database, "DELETE FROM t WHERE id > 9000", "VACUUM");
        SnapshotInfo smaller = take();
        assertThat(smaller.storedBytes() + smaller.referencedBytes())
                .isLessThan(3 * smaller.image().bytes() / 2);
        assertSound(smaller, Files.readAllBytes(database));
    }

    @Test
    void take_packMissing_storesItsPagesAgain() throws Exception {
        SnapshotInfo first = take();
        store.delete(packs().get(0));
        SnapshotInfo second = take();
        assertThat(second.storedBytes()).isBetween(1L, first.storedBytes() / 2);
        assertThat(repository().verify(first.id(), VerifyDepth.MANIFEST).affected())
                .containsExactly(first.id());
        assertSound(second, original);
    }

    @Test
    void verify_packDamaged_namesAllSnapshotsAndTheNextTakeStoresItsPagesAgain() throws Exception {
        SnapshotInfo first = take();
        TestDatabase.run(database, "UPDATE t SET x = randomblob(1000) WHERE id = 1");
        SnapshotInfo second = take();
        String damaged = packs().get(1);
        store.damage(damaged, flipped(damaged));
        VerifyReport report = repository().verify(second.id(), VerifyDepth.STORED_BYTES);
        assertThat(report.isSound()).isFalse();
        assertThat(report.affected()).isEqualTo(new TreeSet<>(List.of(first.id(), second.id())));
        SnapshotInfo third = take();
        assertThat(third.storedBytes()).isBetween(1L, first.storedBytes() / 2);
        assertSound(third, Files.readAllBytes(database));
        assertThat(take().storedBytes()).isZero();
    }

    private byte[] flipped(String pack) throws IOException {
        try (InputStream in = store.open(pack)) {
            byte[] bytes = in.readAllBytes();
            bytes[bytes.length / 3] ^= 1;
            return bytes;
        }
    }

    @Test
    void prune_dryRun_reportsTheBytesThatBecomeFree() throws Exception {
        take();
        TestDatabase.run(database, "UPDATE t SET x = randomblob(1000) WHERE id % 100 = 1");
        take();
        TestDatabase.run(database, "UPDATE t SET x = randomblob(1000) WHERE id % 100 = 1");
        take();
        PruneRequest request = PruneRequest.retain(RetentionPolicy.keepLast(1));
        PruneReport dry = repository().prune(request.dryRun());
        assertThat(dry.bytesWaiting()).isPositive().isLessThan(2_000_000);
        repository().prune(request);
        long before = bytes();
        now = now.plus(Duration.ofHours(25));
        PruneReport swept = repository().prune(request);
        assertThat(swept.removed()).hasSize(2);
        assertThat(before - bytes() - markers()).isEqualTo(swept.bytesFreed()).isEqualTo(dry.bytesWaiting());
        assertSound(take(), Files.readAllBytes(database));
    }

    private long bytes() {
        return store.list("").stream().mapToLong(ObjectInfo::size).sum();
    }

    private long markers() {
        return store.list("orders/retired/").stream()
                .mapToLong(ObjectInfo::size)
                .sum();
    }

    /** Compaction moves pages, so that most of them are stored again. The report shows it. */
    @Test
    void take_compacted_storesMostPages() throws Exception {
        take();
        TestDatabase.run(database, "DELETE FROM t WHERE id % 10 = 3");
        SnapshotInfo compacted = builder().compaction(Compaction.ALWAYS).build().take();
        assertThat(compacted.storedBytes()).isGreaterThan(compacted.image().bytes() / 2);
        assertThat(compacted.referencedBytes()).isLessThan(compacted.storedBytes());
    }
}
