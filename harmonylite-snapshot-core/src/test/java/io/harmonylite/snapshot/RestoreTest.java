package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.exception.SnapshotInterruptedException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.internal.file.HookedFileOperations;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoreTest {

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();
    private Path database;
    private Map<String, List<String>> before;

    @BeforeEach
    void createDatabase() throws Exception {
        database = TestDatabase.create(directory.resolve("orders.db"), "PRAGMA journal_mode = WAL");
        before = TestDatabase.dump(database);
    }

    private SnapshotManager.Builder builder() {
        return SnapshotManager.builder("orders", database, store);
    }

    private SnapshotInfo take(Instant created, Positions positions) {
        return builder().clock(InstantSource.fixed(created)).build().take(positions);
    }

    private void change() throws SQLException {
        TestDatabase.run(database, "DELETE FROM person", "DROP TABLE pair", "PRAGMA user_version = 41");
    }

    @Test
    void restore_changedDatabase_equalsTheImageAgain() throws Exception {
        SnapshotInfo taken = builder().build().take();
        change();
        RestoreReport report = builder().build().restore(RestoreRequest.latest());
        assertThat(report.snapshot()).isEqualTo(taken);
        assertThat(report.database()).isEqualTo(database.toRealPath());
        assertThat(report.passedOver()).isEmpty();
        assertThat(TestDatabase.dump(database)).isEqualTo(before);
        assertOnlyTheDatabaseIsLeft();
    }

    private void assertOnlyTheDatabaseIsLeft() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(database);
        }
    }

    @Test
    void restore_newPath_createsTheDatabaseInTheJournalModeOfTheSource() throws Exception {
        builder().build().take();
        Path copy = directory.resolve("copy.db");
        SnapshotRepository.of("orders", store).restore(RestoreRequest.latest(), copy);
        assertThat(TestDatabase.dump(copy)).isEqualTo(before).containsEntry("PRAGMA journal_mode", List.of("'wal'"));
    }

    @Test
    void restore_existingTarget_keepsItsJournalMode() throws Exception {
        builder().build().take();
        TestDatabase.run(database, "PRAGMA journal_mode = DELETE");
        builder().build().restore(RestoreRequest.latest());
        assertThat(TestDatabase.value(database, "PRAGMA journal_mode")).isEqualTo("'delete'");
    }

    @Test
    void restore_throughSymbolicLink_replacesItsTarget() throws Exception {
        builder().build().take();
        Path real = Files.createDirectory(directory.resolve("real"));
        Files.move(database, real.resolve("data.db"));
        Files.createSymbolicLink(database, Path.of("real/data.db"));
        change();
        builder().build().restore(RestoreRequest.latest());
        assertThat(database).isSymbolicLink();
        assertThat(TestDatabase.dump(real.resolve("data.db"))).isEqualTo(before);
    }

    @Test
    void restore_filePermissions_areKept() throws Exception {
        builder().build().take();
        Files.setPosixFilePermissions(database, PosixFilePermissions.fromString("rw-r-----"));
        builder().build().restore(RestoreRequest.latest());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(database)))
                .isEqualTo("rw-r-----");
    }

    @Test
    void restore_withoutPositions_writesTheOriginToo() throws Exception {
        SnapshotInfo taken = builder().build().take();
        RestoreReport report = builder().build().restore(RestoreRequest.latest());
        assertThat(TestDatabase.value(
                        database, "SELECT restore_id, snapshot_id, hex(positions) FROM __harmonylite__snapshot_origin"))
                .isEqualTo("'" + report.restoreId() + "', '" + taken.id() + "', 'A0'");
    }

    @Test
    void restore_withPositions_writesTheOriginWhichSnapshotsLeaveOut() throws Exception {
        SnapshotInfo taken = builder().build().take(Positions.of("changes", StreamPosition.at(7)));
        RestoreReport report = builder().build().restore(RestoreRequest.latest());
        assertThat(TestDatabase.value(database, "SELECT restore_id, snapshot_id FROM __harmonylite__snapshot_origin"))
                .isEqualTo("'" + report.restoreId() + "', '" + taken.id() + "'");
        SnapshotInfo again = builder().build().take(taken.positions());
        assertThat(again.image().schemaDigest()).isEqualTo(taken.image().schemaDigest());
        builder().build().restore(RestoreRequest.of(again.id()));
        assertThat(TestDatabase.value(database, "SELECT count(*) FROM __harmonylite__snapshot_origin"))
                .isEqualTo("1");
    }

    @Test
    void restore_edit_isInTheInstalledFile() throws Exception {
        builder().build().take();
        builder()
                .build()
                .restore(RestoreRequest.latest()
                        .editStaged(staged -> TestDatabase.run(staged, "CREATE TABLE mine (x)")));
        assertThat(TestDatabase.value(database, "SELECT count(*) FROM mine")).isEqualTo("0");
        assertThat(TestDatabase.value(database, "PRAGMA journal_mode")).isEqualTo("'wal'");
    }

    @Test
    void restore_editFails_leavesTheOldDatabase() throws Exception {
        builder().build().take();
        change();
        byte[] old = Files.readAllBytes(database);
        for (StagedEdit edit : List.<StagedEdit>of(
                staged -> TestDatabase.run(staged, "nonsense"),
                staged -> staged.setAutoCommit(false),
                staged -> TestDatabase.run(staged, "BEGIN", "DELETE FROM note"))) {
            assertThatThrownBy(() ->
                            builder().build().restore(RestoreRequest.latest().editStaged(edit)))
                    .isInstanceOf(SnapshotException.class);
            assertThat(database).hasBinaryContent(old);
        }
        assertOnlyTheDatabaseIsLeft();
    }

    @Test
    void restore_byIdLatestOrInstant_selectsThatSnapshot() throws Exception {
        Instant day = Instant.parse("2026-11-20T00:00:00Z");
        SnapshotInfo one = take(day, Positions.none());
        TestDatabase.run(database, "PRAGMA application_id = 2");
        SnapshotInfo two = take(day.plus(Duration.ofDays(1)), Positions.none());
        TestDatabase.run(database, "PRAGMA application_id = 3");
        SnapshotInfo three = take(day.plus(Duration.ofDays(2)), Positions.none());
        assertThat(restored(RestoreRequest.of(one.id()))).isEqualTo(one);
        assertThat(TestDatabase.value(database, "PRAGMA application_id")).isEqualTo("-7");
        assertThat(restored(RestoreRequest.latest())).isEqualTo(three);
        assertThat(restored(RestoreRequest.asOf(day.plus(Duration.ofHours(36)))))
                .isEqualTo(two);
        assertThat(restored(RestoreRequest.asOf(two.created()))).isEqualTo(two);
        assertThat(TestDatabase.value(database, "PRAGMA application_id")).isEqualTo("2");
        assertThatThrownBy(() -> restored(RestoreRequest.asOf(day.minusMillis(1))))
                .isInstanceOf(SnapshotNotFoundException.class)
                .hasMessageContaining("2026-11-19");
    }

    private SnapshotInfo restored(RestoreRequest request) {
        return builder().build().restore(request).snapshot();
    }

    @Test
    void restore_latest_isTheMostAdvancedInItsStreamsDespiteWrongClocks() {
        Instant day = Instant.parse("2026-11-20T00:00:00Z");
        SnapshotInfo ahead = take(day, Positions.of("changes", StreamPosition.at(900)));
        take(day.plus(Duration.ofDays(9)), Positions.of("changes", StreamPosition.at(800)));
        assertThat(restored(RestoreRequest.latest())).isEqualTo(ahead);
    }

    @Test
    void restore_noSnapshot_reportsNotFound() throws Exception {
        byte[] old = Files.readAllBytes(database);
        assertThatThrownBy(() -> builder().build().restore(RestoreRequest.latest()))
                .isInstanceOf(SnapshotNotFoundException.class)
                .hasMessageContaining("orders");
        SnapshotId unknown = SnapshotId.parse("20261124T093000123Z-node_1-0123456789abcdef");
        assertThatThrownBy(() -> builder().build().restore(RestoreRequest.of(unknown)))
                .isInstanceOf(SnapshotNotFoundException.class)
                .hasMessageContaining(unknown.toString());
        assertThat(database).hasBinaryContent(old);
    }

    @Test
    void d10_snapshotOfAnotherName_isRejected() throws Exception {
        SnapshotInfo taken = builder().build().take();
        store.putIfAbsent(
                "other/manifests/" + taken.id(),
                ObjectSource.of(store.open("orders/manifests/" + taken.id()).readAllBytes()));
        assertThatThrownBy(() -> SnapshotRepository.of("other", store)
                        .restore(RestoreRequest.of(taken.id()), directory.resolve("y.db")))
                .isInstanceOf(CorruptSnapshotException.class)
                .hasMessageContaining("orders");
        assertThat(directory.resolve("y.db")).doesNotExist();
    }

    @Test
    void restore_damagedLatest_isAnErrorUnlessOlderOnesAreAllowed() throws Exception {
        SnapshotInfo older = builder().build().take();
        change();
        SnapshotInfo newer = builder().build().take();
        store.damage("orders/packs/" + newer.id() + "-000000", new byte[(int) newer.storedBytes()]);
        byte[] old = Files.readAllBytes(database);
        assertThatThrownBy(() -> builder().build().restore(RestoreRequest.latest()))
                .isInstanceOf(CorruptSnapshotException.class)
                .satisfies(e -> assertThat(((SnapshotException) e).snapshot()).contains(newer.id()));
        assertThat(database).hasBinaryContent(old);
        RestoreReport report = builder().build().restore(RestoreRequest.latest().allowOlder());
        assertThat(report.snapshot()).isEqualTo(older);
        assertThat(report.passedOver()).containsOnlyKeys(newer.id());
        assertThat(TestDatabase.dump(database)).isEqualTo(before);
    }

    @Test
    void restore_unreadableManifestMayBeTheLatest_isAnErrorUnlessOlderOnesAreAllowed() throws Exception {
        Instant day = Instant.parse("2026-11-20T00:00:00Z");
        SnapshotInfo older = take(day, Positions.none());
        SnapshotInfo newer = take(day.plusMillis(1), Positions.none());
        store.damage("orders/manifests/" + newer.id(), new byte[500]);
        assertThatThrownBy(() -> restored(RestoreRequest.latest()))
                .isInstanceOf(CorruptSnapshotException.class)
                .satisfies(e -> assertThat(((SnapshotException) e).snapshot()).contains(newer.id()));
        assertThat(restored(RestoreRequest.latest().allowOlder())).isEqualTo(older);
        assertThat(restored(RestoreRequest.asOf(day))).isEqualTo(older);
        store.damage("orders/manifests/" + older.id(), new byte[500]);
        assertThatThrownBy(() -> restored(RestoreRequest.latest().allowOlder()))
                .isInstanceOf(CorruptSnapshotException.class);
        assertThatThrownBy(() -> restored(RestoreRequest.asOf(day.minusMillis(1))))
                .isInstanceOf(SnapshotNotFoundException.class);
    }

    @Test
    void restore_unreadableManifestIsOlder_restoresTheLatest() throws Exception {
        Instant day = Instant.parse("2026-11-20T00:00:00Z");
        SnapshotInfo older = take(day, Positions.none());
        SnapshotInfo newer = take(day.plusMillis(1), Positions.none());
        store.damage("orders/manifests/" + older.id(), new byte[500]);
        assertThat(restored(RestoreRequest.latest())).isEqualTo(newer);
        assertThat(older.id().time()).isEqualTo(day);
    }

    @Test
    void restore_damagedTarget_isRejectedAndKept() throws Exception {
        builder().build().take();
        byte[] junk = "this was a database once; its content may still be of use".getBytes(StandardCharsets.UTF_8);
        Files.write(database, junk);
        assertThatThrownBy(() -> builder().build().restore(RestoreRequest.latest()))
                .isInstanceOf(DatabaseDamagedException.class);
        assertThat(database).hasBinaryContent(junk);
        assertOnlyTheDatabaseIsLeft();
    }

    @Test
    void restore_emptyTarget_isReplaced() throws Exception {
        builder().build().take();
        Files.write(database, new byte[0]);
        builder().build().restore(RestoreRequest.latest());
        assertThat(TestDatabase.dump(database)).isEqualTo(before);
    }

    @Test
    void restore_missingDirectory_isReported() {
        builder().build().take();
        assertThatThrownBy(() -> SnapshotRepository.of("orders", store)
                        .restore(RestoreRequest.latest(), directory.resolve("no/such/x.db")))
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("no/such");
    }

    @Test
    void restore_noSpaceNextToTheDatabase_isRejected() throws Exception {
        builder().build().take();
        byte[] old = Files.readAllBytes(database);
        HookedFileOperations full = new HookedFileOperations((number, operation) -> {}) {
            @Override
            public long usableSpace(Path file) {
                return 1000;
            }
        };
        assertThatThrownBy(() -> builder().files(full).build().restore(RestoreRequest.latest()))
                .isInstanceOf(InsufficientSpaceException.class)
                .hasMessageContaining("1000");
        assertThat(database).hasBinaryContent(old);
        assertOnlyTheDatabaseIsLeft();
    }

    @Test
    void restore_interruptedInAnyStage_leavesTheOldDatabase() throws Exception {
        builder().build().take();
        for (Stage stage : List.of(Stage.SELECT, Stage.FETCH, Stage.VERIFY, Stage.STAGE, Stage.INSTALL)) {
            change();
            TestDatabase.run(database, "CREATE TABLE pair (a)");
            Map<String, List<String>> old = TestDatabase.dump(database);
            Recorder recorder =
                    new Recorder().onStart(stage, () -> Thread.currentThread().interrupt());
            assertThatThrownBy(() -> builder().listener(recorder).build().restore(RestoreRequest.latest()))
                    .as("%s", stage)
                    .isInstanceOf(SnapshotInterruptedException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(TestDatabase.dump(database)).isEqualTo(old);
            assertOnlyTheDatabaseIsLeft();
        }
    }

    @Test
    void restore_anyFileOperationFails_leavesOldOrNewDatabaseAndTheNextSucceeds() throws Exception {
        database = directory.resolve("small.db");
        TestDatabase.run(database, "PRAGMA journal_mode = WAL", "CREATE TABLE t (x)", "INSERT INTO t VALUES (1), (2)");
        before = TestDatabase.dump(database);
        builder().build().take();
        HookedFileOperations counting = HookedFileOperations.counting();
        builder().files(counting).build().restore(RestoreRequest.latest());
        int operations = counting.log().size();
        for (int k = 0; k < operations; k++) {
            TestDatabase.run(database, "PRAGMA application_id = 77");
            Map<String, List<String>> old = TestDatabase.dump(database);
            HookedFileOperations failing = HookedFileOperations.failingAt(k, () -> new IOException("planned"), false);
            boolean failed = false;
            try {
                builder().files(failing).build().restore(RestoreRequest.latest());
            } catch (SnapshotException e) {
                failed = true;
            }
            Map<String, List<String>> after = TestDatabase.dump(database);
            assertThat(after)
                    .as("%d of %s, failed: %s", k, failing.log(), failed)
                    .isIn(old, before);
            assertThat(failed || after.equals(before)).isTrue();
            builder().build().restore(RestoreRequest.latest());
            assertThat(TestDatabase.dump(database)).isEqualTo(before);
        }
    }

    @Test
    void restore_whileAnotherRunsOnThePath_isRejected() throws Exception {
        builder().build().take();
        AtomicReference<Throwable> rejectedRestore = new AtomicReference<>();
        AtomicReference<Throwable> rejectedTake = new AtomicReference<>();
        Recorder recorder = new Recorder().onStart(Stage.STAGE, () -> {
            rejectedRestore.set(thrownBy(() -> builder().build().restore(RestoreRequest.latest())));
            rejectedTake.set(thrownBy(() -> builder().build().take()));
        });
        builder().listener(recorder).build().restore(RestoreRequest.latest());
        assertThat(rejectedRestore.get()).isInstanceOf(SnapshotInProgressException.class);
        assertThat(rejectedTake.get()).isInstanceOf(SnapshotInProgressException.class);
        builder().build().take();
    }

    private static Throwable thrownBy(Runnable action) {
        try {
            action.run();
            return new AssertionError("nothing was thrown");
        } catch (SnapshotException e) {
            return e;
        }
    }
}
