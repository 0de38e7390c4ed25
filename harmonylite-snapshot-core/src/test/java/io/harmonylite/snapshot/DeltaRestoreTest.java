package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.exception.DatabaseInUseException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.StoreUnavailableException;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.file.HookedFileOperations;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.format.ManifestCodec;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.testing.Fault;
import io.harmonylite.snapshot.testing.FaultyStore;
import io.harmonylite.snapshot.testing.HookedStore;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Restores onto an existing database, which fetch only pages that differ: an image of two leaves, 20 MiB. */
class DeltaRestoreTest {

    private static final int PAGE = 4096;
    private static final int ROWS = 20_000;
    private static final String ROW_STARTS = "SELECT group_concat(hex(substr(x, 1, 4))) FROM t";

    @TempDir
    static Path shared;

    private static byte[] original = new byte[0];

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();
    private Path database;

    @BeforeEach
    void createDatabase() throws Exception {
        if (original.length == 0) {
            Path made = shared.resolve("orders.db");
            TestDatabase.run(
                    made,
                    "PRAGMA page_size = " + PAGE,
                    "CREATE TABLE t (id INTEGER PRIMARY KEY, x)",
                    TestDatabase.fill("t", "x", "randomblob(1000)", ROWS));
            original = Files.readAllBytes(made);
        }
        database = Files.write(directory.resolve("orders.db"), original);
    }

    private SnapshotManager.Builder builder(SnapshotStore from) {
        return SnapshotManager.builder("orders", database, from)
                .compaction(Compaction.NEVER)
                .parallelism(2);
    }

    private SnapshotInfo take() {
        return builder(store).build().take();
    }

    private RestoreReport restore() {
        return builder(store).build().restore(RestoreRequest.latest());
    }

    private void write(byte[] content) throws IOException {
        for (String suffix : List.of("", "-wal", "-shm", "-journal")) {
            Files.deleteIfExists(directory.resolve("orders.db" + suffix));
        }
        Files.write(database, content);
    }

    private void update(String where) throws Exception {
        TestDatabase.run(database, "UPDATE t SET x = randomblob(1000) WHERE " + where);
    }

    private void assertRestored(Map<String, List<String>> expected) throws Exception {
        assertThat(TestDatabase.dump(database)).isEqualTo(expected);
        assertThat(TestDatabase.value(database, "PRAGMA integrity_check")).isEqualTo("'ok'");
        try (var left = Files.list(directory)) {
            assertThat(left.map(file -> file.getFileName().toString())).noneMatch(name -> name.contains("scratch"));
        }
    }

    /** Returns the stored bytes of the frames of all takes after the first one. */
    private long bytesOfLaterTakes(SnapshotInfo latest) throws Exception {
        Manifest manifest = manifest(latest.id());
        SnapshotId first = manifest.packs().get(0).name().writer();
        return manifest.packs().stream()
                .filter(pack -> !pack.name().writer().equals(first))
                .mapToLong(pack -> pack.size())
                .sum();
    }

    private Manifest manifest(SnapshotId id) throws Exception {
        try (InputStream in = store.open("orders/manifests/" + id)) {
            return ManifestCodec.decode(in.readAllBytes());
        }
    }

    @Test
    void restore_sameDatabase_fetchesOnlyTheChangedPages() throws Exception {
        SnapshotInfo taken = take();
        Map<String, List<String>> expected = TestDatabase.dump(database);
        RestoreReport report = restore();
        assertThat(report.bytesFetched()).isZero();
        assertThat(report.bytesReused()).isEqualTo(taken.image().bytes());
        assertRestored(expected);
        RestoreReport second =
                restore(); // Now the first page differs, because the origin table was created and dropped.
        assertThat(second.bytesFetched()).isLessThan(2L << 20);
        assertRestored(expected);
    }

    /** The take drops the log and leaves WAL mode, and so does the restore in its copy. */
    @Test
    void restore_unchangedNodeOfHarmonyLite_fetchesNothing() throws Exception {
        TestDatabase.run(
                database,
                "PRAGMA journal_mode = WAL",
                "CREATE TABLE __harmonylite__t_change_log (id INTEGER PRIMARY KEY, x)",
                TestDatabase.fill("__harmonylite__t_change_log", "x", "randomblob(1000)", 1000),
                "CREATE TRIGGER __harmonylite__t_on_insert AFTER INSERT ON t BEGIN"
                        + " INSERT INTO __harmonylite__t_change_log (x) VALUES (new.x); END",
                TestDatabase.fill("t", "x", "randomblob(1000)", 500));
        SnapshotInfo taken = take();
        RestoreReport report = restore();
        assertThat(report.bytesFetched()).isZero();
        assertThat(report.bytesReused()).isEqualTo(taken.image().bytes());
        assertThat(TestDatabase.value(database, "SELECT count(*) FROM t")).isEqualTo("20500");
        assertThat(TestDatabase.value(database, "PRAGMA journal_mode")).isEqualTo("'wal'");
        assertThat(TestDatabase.value(database, "PRAGMA integrity_check")).isEqualTo("'ok'");
    }

    @Test
    void restore_databaseOfAnEarlierTake_fetchesOnlyTheLaterLayers() throws Exception {
        take();
        for (int i = 0; i < 3; i++) {
            update("id % 300 = " + i);
            take();
        }
        SnapshotInfo latest = builder(store).build().list().snapshots().get(3);
        Map<String, List<String>> expected = TestDatabase.dump(database);
        write(original);
        RestoreReport report = restore();
        assertThat(report.snapshot().id()).isEqualTo(latest.id());
        assertThat(report.bytesFetched()).isBetween(1L, bytesOfLaterTakes(latest) * 12 / 10);
        assertRestored(expected);
    }

    @Test
    void restore_laterDatabase_fetchesTheFramesOfItsChangedPages() throws Exception {
        SnapshotInfo taken = take();
        Map<String, List<String>> expected = TestDatabase.dump(database);
        update("id BETWEEN 100 AND 110 OR id BETWEEN 15000 AND 15100");
        RestoreReport report = restore();
        assertThat(report.bytesFetched()).isLessThan(taken.storedBytes() / 5);
        assertThat(report.bytesReused()).isGreaterThan(taken.image().bytes() * 9 / 10);
        assertRestored(expected);
    }

    @Test
    void restore_fileSystemStore_fetchesOnlyTheChangedPages() throws Exception {
        try (FileSystemSnapshotStore files = FileSystemSnapshotStore.create(directory.resolve("store"))) {
            builder(files).build().take();
            update("id = 15000");
            builder(files).build().take();
            Map<String, List<String>> expected = TestDatabase.dump(database);
            write(original);
            RestoreReport report = builder(files).build().restore(RestoreRequest.latest());
            assertThat(report.bytesFetched()).isBetween(1L, 50_000L);
            assertRestored(expected);
        }
    }

    @Test
    void restore_neighbouringFrames_areFetchedByOneRequest() throws Exception {
        take();
        update("id BETWEEN 100 AND 3000"); // About three frames of the first leaf.
        HookedStore hooked = new HookedStore(store, (number, call, name) -> {});
        builder(hooked).build().restore(RestoreRequest.latest());
        assertThat(hooked.log().stream().filter(call -> call.startsWith("open orders/packs/")))
                .hasSizeBetween(2, 4); // A block and frames for each leaf, in which at least one page differs.
    }

    @Test
    void restore_freePagesWithOldContent_areBlankAsInTheSnapshot() throws Exception {
        TestDatabase.run(database, "DELETE FROM t WHERE id > 12000");
        SnapshotInfo taken = take();
        Map<String, List<String>> expected = TestDatabase.dump(database);
        RestoreReport report = restore();
        assertThat(report.bytesReused()).isGreaterThan(taken.image().bytes() - 10 * PAGE);
        assertRestored(expected);
        assertThat(new String(Files.readAllBytes(database), StandardCharsets.ISO_8859_1))
                .doesNotContain(new String(
                        Arrays.copyOfRange(original, original.length - 2000, original.length - 1500),
                        StandardCharsets.ISO_8859_1));
    }

    @Test
    void restore_pagesThatAreFreeInTheSnapshot_areNotFetched() throws Exception {
        TestDatabase.run(database, "DELETE FROM t WHERE id BETWEEN 6000 AND 18000");
        take();
        Map<String, List<String>> expected = TestDatabase.dump(database);
        write(original);
        RestoreReport report = restore();
        assertThat(report.bytesFetched()).isLessThan(4L << 20); // Of 8 MiB in use.
        assertRestored(expected);
    }

    @Test
    void restore_largerDatabase_isCutToTheImage() throws Exception {
        take();
        Map<String, List<String>> expected = TestDatabase.dump(database);
        TestDatabase.run(database, TestDatabase.fill("t", "x", "randomblob(1000)", 9000));
        RestoreReport report = restore();
        assertThat(report.bytesReused()).isPositive();
        assertRestored(expected);
        assertThat(Files.size(database)).isLessThan(original.length + 10L * PAGE);
    }

    @Test
    void restore_smallerDatabase_isExtended() throws Exception {
        TestDatabase.run(database, TestDatabase.fill("t", "x", "randomblob(1000)", 9000));
        take();
        Map<String, List<String>> expected = TestDatabase.dump(database);
        write(original);
        assertThat(restore().bytesReused()).isPositive();
        assertRestored(expected);
    }

    @Test
    void restore_walModeWithLog_usesCommittedPages() throws Exception {
        TestDatabase.run(database, "PRAGMA journal_mode = WAL");
        take();
        Map<String, List<String>> expected = TestDatabase.dump(database);
        Path log = directory.resolve("orders.db-wal");
        byte[] file;
        byte[] wal;
        try (Connection open = DriverManager.getConnection("jdbc:sqlite:" + database)) {
            TestDatabase.run(open, "UPDATE t SET x = randomblob(1000) WHERE id % 100 = 1");
            file = Files.readAllBytes(database);
            wal = Files.readAllBytes(log);
        }
        write(file);
        Files.write(log, wal); // As a killed process leaves it.
        assertThat(restore().bytesReused()).isPositive();
        assertRestored(expected);
    }

    @Test
    void restore_otherPageSize_fetchesEverything() throws Exception {
        SnapshotInfo taken = take();
        Map<String, List<String>> expected = TestDatabase.dump(database);
        TestDatabase.run(database, "PRAGMA page_size = 8192", "VACUUM");
        assertFull(restore(), taken);
        assertRestored(expected);
    }

    private static void assertFull(RestoreReport report, SnapshotInfo taken) {
        assertThat(report.bytesReused()).isZero();
        assertThat(report.bytesFetched()).isGreaterThanOrEqualTo(taken.storedBytes());
    }

    @Test
    void restore_missingOrTinyDatabase_fetchesEverything() throws Exception {
        SnapshotInfo taken = take();
        Map<String, List<String>> expected = TestDatabase.dump(database);
        Files.delete(database);
        assertFull(restore(), taken);
        assertRestored(expected);
        Files.delete(database);
        TestDatabase.run(database, "CREATE TABLE t (id INTEGER PRIMARY KEY, x)");
        assertFull(restore(), taken);
        assertRestored(expected);
    }

    @Test
    void restore_damagedFreelist_fetchesEverything() throws Exception {
        SnapshotInfo taken = take();
        Map<String, List<String>> expected = TestDatabase.dump(database);
        try (RandomAccessFile file = new RandomAccessFile(database.toFile(), "rw")) {
            file.seek(32); // First trunk page of the freelist.
            file.writeInt(1_000_000);
        }
        assertFull(restore(), taken);
        assertRestored(expected);
    }

    @Test
    void restore_damagedPages_areFetched() throws Exception {
        take();
        Map<String, List<String>> expected = TestDatabase.dump(database);
        try (RandomAccessFile file = new RandomAccessFile(database.toFile(), "rw")) {
            for (int page : new int[] {7, 900, 4300}) {
                file.seek((long) page * PAGE);
                file.write(new byte[PAGE]);
            }
        }
        assertThat(restore().bytesReused()).isPositive();
        assertRestored(expected);
    }

    @Test
    void restore_online_fetchesEverything() throws Exception {
        SnapshotInfo taken = take();
        Map<String, List<String>> expected = TestDatabase.dump(database);
        assertFull(builder(store).build().restore(RestoreRequest.latest().online(WriteBarrier.noWriters())), taken);
        assertRestored(expected);
    }

    @Test
    void restore_tooLittleSpaceForTheCopy_fetchesEverything() throws Exception {
        SnapshotInfo taken = take();
        Map<String, List<String>> expected = TestDatabase.dump(database);
        TestDatabase.run(database, TestDatabase.fill("t", "x", "randomblob(1000)", 9000));
        FileOperations small = new HookedFileOperations((number, operation) -> {}) {
            @Override
            public long usableSpace(Path file) {
                return taken.image().bytes() + PAGE;
            }
        };
        assertFull(builder(store).files(small).build().restore(RestoreRequest.latest()), taken);
        assertRestored(expected);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void restore_copyCannotBeRead_fetchesEverything(boolean isRenameFailing) throws Exception {
        SnapshotInfo taken = take();
        Map<String, List<String>> expected = TestDatabase.dump(database);
        FileOperations failing = new HookedFileOperations((number, operation) -> {}) {
            @Override
            public void rename(Path from, Path to) throws IOException {
                if (isRenameFailing && from.endsWith("copy.db")) {
                    throw new IOException("planned");
                }
                super.rename(from, to);
            }

            @Override
            public FileChannel openForWrite(Path file) throws IOException {
                if (!isRenameFailing && file.endsWith("copy.db")) {
                    throw new IOException("planned");
                }
                return super.openForWrite(file);
            }
        };
        assertFull(builder(store).files(failing).build().restore(RestoreRequest.latest()), taken);
        assertRestored(expected);
    }

    /** Runs an action when the copy of the old database begins. */
    private static FileOperations atCopy(Action action) {
        return new HookedFileOperations((number, operation) -> {}) {
            @Override
            public FileChannel createPrivate(Path file) throws IOException {
                FileChannel created = super.createPrivate(file);
                if (file.endsWith("copy.db")) {
                    try {
                        action.run();
                    } catch (SQLException e) {
                        throw new AssertionError(e);
                    }
                }
                return created;
            }
        };
    }

    private interface Action {
        void run() throws SQLException;
    }

    /** Runs an action when the first part of a pack is read. */
    private HookedStore atFirstPack(Action action) {
        AtomicBoolean isDone = new AtomicBoolean();
        return new HookedStore(store, (number, call, name) -> {
            if (call.equals("open") && name.startsWith("orders/packs/") && !isDone.getAndSet(true)) {
                try {
                    action.run();
                } catch (SQLException e) {
                    throw new AssertionError(e);
                }
            }
        });
    }

    @Test
    void restore_databaseLockedDuringTheCopy_fetchesEverything() throws Exception {
        SnapshotInfo taken = take();
        Map<String, List<String>> expected = TestDatabase.dump(database);
        Connection other = TestDatabase.open(database);
        SnapshotManager manager = builder(atFirstPack(other::close))
                .busyTimeout(Duration.ofMillis(1))
                .files(atCopy(() -> TestDatabase.run(other, "BEGIN EXCLUSIVE")))
                .build();
        assertFull(manager.restore(RestoreRequest.latest()), taken);
        assertRestored(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"WAL", "DELETE"})
    void restore_databaseWrittenDuringTheCopy_equalsTheSnapshot(String journalMode) throws Exception {
        TestDatabase.run(database, "PRAGMA journal_mode = " + journalMode);
        take();
        Map<String, List<String>> expected = TestDatabase.dump(database);
        Connection other = TestDatabase.open(database);
        String write = "UPDATE t SET x = randomblob(1000) WHERE id % 500 = ";
        SnapshotManager manager = builder(atFirstPack(() -> {
                    TestDatabase.run(other, write + 2, TestDatabase.fill("t", "x", "randomblob(1000)", 300));
                    other.close();
                }))
                .files(atCopy(() -> TestDatabase.run(other, write + 1, "DELETE FROM t WHERE id > 17000")))
                .build();
        assertThat(manager.restore(RestoreRequest.latest()).bytesReused()).isPositive();
        assertRestored(expected);
    }

    @Test
    void restore_databaseStaysOpen_isRejectedAndUnchanged() throws Exception {
        take();
        update("id = 15000");
        Map<String, List<String>> before = TestDatabase.dump(database);
        try (Connection other = TestDatabase.open(database)) {
            TestDatabase.run(other, "BEGIN");
            assertThat(TestDatabase.value(other, "SELECT count(*) FROM t")).isEqualTo("" + ROWS);
            SnapshotManager manager =
                    builder(store).busyTimeout(Duration.ofMillis(1)).build();
            assertThatThrownBy(() -> manager.restore(RestoreRequest.latest()))
                    .isInstanceOf(DatabaseInUseException.class);
        }
        assertThat(TestDatabase.dump(database)).isEqualTo(before);
    }

    @Test
    void restore_packDamaged_passesItOverAndKeepsTheDatabase() throws Exception {
        take();
        Map<String, List<String>> expected = TestDatabase.dump(database);
        update("id = 15000");
        SnapshotInfo second = take();
        String pack = "orders/packs/" + manifest(second.id()).packs().get(2).name();
        byte[] bytes;
        try (InputStream in = store.open(pack)) {
            bytes = in.readAllBytes();
        }
        Arrays.fill(bytes, (byte) 1);
        store.damage(pack, bytes);
        write(original);
        TestDatabase.run(database, "DELETE FROM t WHERE id = 3");
        byte[] before = Files.readAllBytes(database);
        assertThatThrownBy(this::restore).isInstanceOf(SnapshotException.class);
        assertThat(Files.readAllBytes(database)).isEqualTo(before);
        RestoreReport report =
                builder(store).build().restore(RestoreRequest.latest().allowOlder());
        assertThat(report.passedOver()).containsOnlyKeys(second.id());
        assertThat(report.bytesReused()).isPositive();
        assertRestored(expected);
    }

    @ParameterizedTest
    @EnumSource(names = {"UNREACHABLE", "BROKEN_READ", "SHORT_READ", "FLIPPED_BIT"})
    void restore_faultAtAnyRead_restoresOrKeepsTheDatabase(Fault fault) throws Exception {
        take();
        update("id IN (5, 15000)");
        take();
        String expected = TestDatabase.value(database, ROW_STARTS);
        write(original);
        update("id IN (9, 15003)");
        byte[] before = Files.readAllBytes(database);
        for (int k = 0; ; k++) {
            write(before);
            FaultyStore faulty = new FaultyStore(store).at(k, fault);
            try {
                builder(faulty).build().restore(RestoreRequest.latest());
                assertThat(TestDatabase.value(database, ROW_STARTS)).isEqualTo(expected);
            } catch (SnapshotException e) {
                assertThat(Files.readAllBytes(database)).as("call %s", k).isEqualTo(before);
                boolean isOfAPack = faulty.log().get(k).startsWith("open orders/packs/");
                assertThat(isOfAPack && !(e instanceof StoreUnavailableException))
                        .as("%s: %s", k, e)
                        .isFalse();
            }
            if (faulty.calls() <= k) {
                break;
            }
        }
    }
}
