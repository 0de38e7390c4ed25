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

/**
 * Whatever is refused before the proof leaves the old database byte for byte, and its log with what nobody has moved into
 * it yet.
 */
class RestoreRefusalTest {

    private static final RestoreRequest LATEST = RestoreRequest.latest();
    private static final WriteBarrier NOBODY = WriteBarrier.noWriters();

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();
    private Path database;
    private SnapshotInfo taken;
    private byte[] bytes;
    private byte[] log;

    /** A database as a crash leaves it: part of it is in its log only. */
    @BeforeEach
    void crash() throws Exception {
        Path running = TestDatabase.create(directory.resolve("running.db"), "PRAGMA journal_mode = WAL");
        taken = SnapshotManager.builder("orders", running, store).build().take();
        database = Files.createDirectory(directory.resolve("crashed")).resolve("orders.db");
        try (Connection connection = TestDatabase.open(running)) {
            TestDatabase.run(connection, "DELETE FROM note", "CREATE TABLE later (x)");
            Files.copy(running, database);
            Files.copy(log(running), log(database));
        }
        bytes = Files.readAllBytes(database);
        log = Files.readAllBytes(log(database));
        assertThat(log).isNotEmpty();
    }

    private static Path log(Path file) {
        return file.resolveSibling(file.getFileName() + "-wal");
    }

    private SnapshotManager.Builder builder() {
        return SnapshotManager.builder("orders", database, store);
    }

    private void assertRefused(
            SnapshotManager.Builder builder, RestoreRequest request, Class<? extends SnapshotException> type) {
        assertThatThrownBy(() -> builder.build().restore(request)).isExactlyInstanceOf(type);
        assertThat(database).hasBinaryContent(bytes);
        assertThat(log(database)).hasBinaryContent(log);
    }

    @Test
    void restore_unknownSnapshot_changesNothing() {
        assertRefused(builder(), RestoreRequest.asOf(Instant.EPOCH), SnapshotNotFoundException.class);
        SnapshotId unknown = SnapshotId.parse("20261124T093000123Z-node_1-0123456789abcdef");
        assertRefused(builder(), RestoreRequest.of(unknown), SnapshotNotFoundException.class);
    }

    @Test
    void restore_damagedSnapshot_changesNothing() throws Exception {
        store.damage("orders/packs/" + taken.id() + "-000000", new byte[(int) taken.storedBytes()]);
        assertRefused(builder(), LATEST.allowSchemaChange(), CorruptSnapshotException.class);
        store.damage("orders/manifests/" + taken.id(), new byte[100]);
        assertRefused(builder(), RestoreRequest.of(taken.id()), CorruptSnapshotException.class);
    }

    @Test
    void restore_olderSchema_changesNothing() {
        assertRefused(builder(), LATEST, SchemaMismatchException.class);
        assertRefused(builder(), LATEST.online(NOBODY), SchemaMismatchException.class);
    }

    @Test
    void restore_noSpace_changesNothing() {
        FileOperations full = new HookedFileOperations((number, operation) -> {}) {
            @Override
            public long usableSpace(Path file) {
                return 1000;
            }
        };
        assertRefused(builder().files(full), LATEST, InsufficientSpaceException.class);
        assertRefused(builder().files(full), LATEST.online(NOBODY), InsufficientSpaceException.class);
    }

    @Test
    void restore_forbiddenDirectory_changesNothing() {
        FileOperations forbidden = new HookedFileOperations((number, operation) -> {
            if (operation.startsWith("create")) {
                throw new AccessDeniedException(directory.toString());
            }
        });
        assertRefused(builder().files(forbidden), LATEST, SnapshotConfigurationException.class);
    }

    @Test
    void restore_failedEdit_changesNothing() {
        StagedEdit failing = staged -> {
            throw new SQLException("planned");
        };
        assertRefused(builder(), LATEST.editStaged(failing), SnapshotException.class);
        assertRefused(builder(), LATEST.editStaged(failing).online(NOBODY), SnapshotException.class);
    }

    @Test
    void restore_interrupted_changesNothing() {
        for (Stage stage : new Stage[] {Stage.SELECT, Stage.FETCH, Stage.VERIFY, Stage.STAGE, Stage.INSTALL}) {
            Recorder recorder =
                    new Recorder().onStart(stage, () -> Thread.currentThread().interrupt());
            assertRefused(builder().listener(recorder), LATEST.allowSchemaChange(), SnapshotInterruptedException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void restore_anotherRuns_changesNothing() throws Exception {
        Path other = directory.resolve("other.db");
        SnapshotRepository repository = builder().build().repository();
        Recorder recorder = new Recorder()
                .onStart(Stage.STAGE, () -> assertRefused(builder(), LATEST, SnapshotInProgressException.class));
        StagedEdit failing = staged -> {
            throw new SQLException("planned");
        };
        assertRefused(
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
            assertRefused(builder, LATEST.online(NOBODY), OnlineRestoreUnsupportedException.class);
        }
    }

    @Test
    void restore_onlineKeepingPrevious_changesNothing() {
        assertRefused(builder(), LATEST.online(NOBODY).keepPrevious(), OnlineRestoreUnsupportedException.class);
    }
}
