package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.exception.OnlineRestoreUnsupportedException;
import io.harmonylite.snapshot.exception.SchemaMismatchException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.exception.SnapshotInterruptedException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.file.HookedFileOperations;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A restore rejected before the proof leaves the old database and its WAL unchanged, byte for byte. */
class RestoreRejectionTest {

    private static final RestoreRequest LATEST = RestoreRequest.latest();
    private static final WriteBarrier NO_WRITERS = WriteBarrier.noWriters();

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();
    private Path database;
    private SnapshotInfo taken;
    private byte[] bytes;
    private byte[] wal;

    /** Creates a database as a crash leaves it: a part of it is only in its WAL. */
    @BeforeEach
    void crash() throws Exception {
        Path running = TestDatabase.create(directory.resolve("running.db"), "PRAGMA journal_mode = WAL");
        taken = SnapshotManager.builder("orders", running, store).build().take();
        database = Files.createDirectory(directory.resolve("crashed")).resolve("orders.db");
        try (Connection connection = TestDatabase.open(running)) {
            TestDatabase.run(connection, "DELETE FROM note", "CREATE TABLE later (x)");
            Files.copy(running, database);
            Files.copy(wal(running), wal(database));
        }
        bytes = Files.readAllBytes(database);
        wal = Files.readAllBytes(wal(database));
        assertThat(wal).isNotEmpty();
    }

    private static Path wal(Path file) {
        return file.resolveSibling(file.getFileName() + "-wal");
    }

    private SnapshotManager.Builder builder() {
        return SnapshotManager.builder("orders", database, store);
    }

    private void assertRejected(
            SnapshotManager.Builder builder, RestoreRequest request, Class<? extends SnapshotException> type) {
        assertThatThrownBy(() -> builder.build().restore(request)).isExactlyInstanceOf(type);
        assertThat(database).hasBinaryContent(bytes);
        assertThat(wal(database)).hasBinaryContent(wal);
    }

    @Test
    void restore_unknownSnapshot_changesNothing() {
        assertRejected(builder(), RestoreRequest.asOf(Instant.EPOCH), SnapshotNotFoundException.class);
        SnapshotId unknown = SnapshotId.parse("20261124T093000123Z-node_1-0123456789abcdef");
        assertRejected(builder(), RestoreRequest.of(unknown), SnapshotNotFoundException.class);
    }

    @Test
    void restore_damagedSnapshot_changesNothing() throws Exception {
        store.damage("orders/packs/" + taken.id() + "-000000", new byte[(int) taken.storedBytes()]);
        assertRejected(builder(), LATEST.allowSchemaChange(), CorruptSnapshotException.class);
        store.damage("orders/manifests/" + taken.id(), new byte[100]);
        assertRejected(builder(), RestoreRequest.of(taken.id()), CorruptSnapshotException.class);
    }

    @Test
    void restore_olderSchema_changesNothing() {
        assertRejected(builder(), LATEST, SchemaMismatchException.class);
        assertRejected(builder(), LATEST.online(NO_WRITERS), SchemaMismatchException.class);
    }

    @Test
    void restore_noSpace_changesNothing() {
        FileOperations full = new HookedFileOperations((number, operation) -> {}) {
            @Override
            public long usableSpace(Path file) {
                return 1000;
            }
        };
        assertRejected(builder().files(full), LATEST, InsufficientSpaceException.class);
        assertRejected(builder().files(full), LATEST.online(NO_WRITERS), InsufficientSpaceException.class);
    }

    @Test
    void restore_forbiddenDirectory_changesNothing() {
        FileOperations forbidden = new HookedFileOperations((number, operation) -> {
            if (operation.startsWith("create")) {
                throw new AccessDeniedException(directory.toString());
            }
        });
        assertRejected(builder().files(forbidden), LATEST, SnapshotConfigurationException.class);
    }

    @Test
    void restore_failedEdit_changesNothing() {
        StagedEdit failing = staged -> {
            throw new SQLException("planned");
        };
        assertRejected(builder(), LATEST.editStaged(failing), SnapshotException.class);
        assertRejected(builder(), LATEST.editStaged(failing).online(NO_WRITERS), SnapshotException.class);
    }

    @Test
    void restore_interrupted_changesNothing() {
        for (Stage stage : new Stage[] {Stage.SELECT, Stage.FETCH, Stage.VERIFY, Stage.STAGE, Stage.INSTALL}) {
            Recorder recorder =
                    new Recorder().onStart(stage, () -> Thread.currentThread().interrupt());
            assertRejected(
                    builder().listener(recorder), LATEST.allowSchemaChange(), SnapshotInterruptedException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void restore_whileAnotherRuns_changesNothing() throws Exception {
        Path other = directory.resolve("other.db");
        SnapshotRepository repository = builder().build().repository();
        Recorder recorder = new Recorder()
                .onStart(Stage.STAGE, () -> assertRejected(builder(), LATEST, SnapshotInProgressException.class));
        StagedEdit failing = staged -> {
            throw new SQLException("planned");
        };
        assertRejected(
                builder().listener(recorder), LATEST.editStaged(failing).allowSchemaChange(), SnapshotException.class);
        assertThat(recorder.events).contains("+STAGE");
        repository.restore(LATEST, other);
    }

    @Test
    void restore_onlineIntoAnotherPageSizeOrEncoding_changesNothing() throws Exception {
        for (String pragma : new String[] {"PRAGMA page_size = 512", "PRAGMA encoding = 'UTF-16be'"}) {
            Path odd = TestDatabase.create(directory.resolve("odd" + pragma.length() + ".db"), pragma);
            SnapshotManager.builder("odd", odd, store).build().take();
            SnapshotManager.Builder builder = SnapshotManager.builder("odd", database, store);
            assertRejected(builder, LATEST.online(NO_WRITERS), OnlineRestoreUnsupportedException.class);
        }
    }

    @Test
    void restore_onlineKeepingPrevious_changesNothing() {
        assertRejected(builder(), LATEST.online(NO_WRITERS).keepPrevious(), OnlineRestoreUnsupportedException.class);
    }
}
