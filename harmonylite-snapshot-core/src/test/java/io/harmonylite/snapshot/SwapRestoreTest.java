package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.exception.DatabaseInUseException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.internal.file.HookedFileOperations;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Restores by swap: the files that are kept, connections that prevent it, and interruptions at any point. */
class SwapRestoreTest {

    @TempDir
    Path directory;

    @TempDir
    Path stored;

    @TempDir
    Path copies;

    private FileSystemSnapshotStore store;
    private Path database;
    private Map<String, List<String>> image;
    private Map<String, List<String>> old;

    @BeforeEach
    void openStore() throws Exception {
        store = FileSystemSnapshotStore.open(stored);
        prepare("WAL");
    }

    @AfterEach
    void closeStore() throws IOException {
        store.close();
    }

    /** Creates a database in a new state, and a snapshot of its old one. */
    private void prepare(String journalMode) throws Exception {
        Path file = directory.resolve(journalMode + ".db");
        if (!Files.exists(file)) {
            TestDatabase.create(file, "PRAGMA journal_mode = " + journalMode);
        }
        database = file.toRealPath();
        builder().build().take();
        image = TestDatabase.dump(database);
        TestDatabase.run(database, "DELETE FROM note", "PRAGMA application_id = 77");
        old = TestDatabase.dump(database);
    }

    private SnapshotManager.Builder builder() {
        return SnapshotManager.builder("orders", database, store).busyTimeout(Duration.ofMillis(100));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void restore_keepingPrevious_keepsTheCompleteDatabaseUnderTheDocumentedName() throws Exception {
        HookedFileOperations watching = new HookedFileOperations(
                (number, operation) -> assertThat(database).exists());
        RestoreReport report = builder()
                .files(watching)
                .build()
                .restore(RestoreRequest.latest().keepPrevious());
        assertThat(report.method()).isEqualTo(InstallMethod.SWAP);
        Path kept = database.resolveSibling("WAL.db.previous-" + report.restoreId());
        assertThat(report.kept()).contains(kept);
        assertThat(names()).containsExactly("WAL.db", kept.getFileName().toString());
        assertThat(TestDatabase.dump(database)).isEqualTo(image);
        Map<String, List<String>> previous = TestDatabase.dump(kept);
        assertThat(previous.put("PRAGMA journal_mode", List.of("'wal'"))).containsExactly("'delete'");
        assertThat(previous).isEqualTo(old);
        assertThat(watching.log()).containsSubsequence("link " + kept.getFileName(), "rename WAL.db");
    }

    @Test
    void restore_keepingPreviousOfACrashedDatabase_includesItsWal() throws Exception {
        Path running = database;
        database = Files.createDirectory(directory.resolve("crashed")).resolve("x.db");
        try (Connection connection = TestDatabase.open(running)) {
            TestDatabase.run(connection, "INSERT INTO bare VALUES ('in the log')");
            Files.copy(running, database);
            Files.copy(running.resolveSibling("WAL.db-wal"), database.resolveSibling("x.db-wal"));
        }
        RestoreReport report = builder().build().restore(RestoreRequest.latest().keepPrevious());
        assertThat(TestDatabase.value(report.kept().orElseThrow(), "SELECT x FROM bare"))
                .isEqualTo("'in the log'");
        assertThat(TestDatabase.dump(database)).isEqualTo(image);
    }

    @Test
    void restore_notKeepingPrevious_leavesOnlyTheNewFile() throws Exception {
        RestoreReport report = builder().build().restore(RestoreRequest.latest());
        assertThat(report.kept()).isEmpty();
        assertThat(names()).containsExactly("WAL.db");
    }

    @Test
    void restore_keepingPreviousWithoutHardLinks_isRejectedAndChangesNothing() throws Exception {
        List<Exception> failures = List.of(
                new UnsupportedOperationException("no links"),
                new FileSystemException("x", "y", "Operation not permitted"));
        for (Exception failure : failures) {
            HookedFileOperations unlinked = new HookedFileOperations((number, operation) -> {
                if (operation.equals("link")) {
                    throwAny(failure);
                }
            });
            assertThatThrownBy(() -> builder()
                            .files(unlinked)
                            .build()
                            .restore(RestoreRequest.latest().keepPrevious()))
                    .isInstanceOf(SnapshotConfigurationException.class)
                    .hasMessageContaining("hard link");
            assertThat(TestDatabase.dump(database)).isEqualTo(old);
            assertThat(names()).containsExactly("WAL.db");
        }
    }

    private static void throwAny(Exception failure) throws IOException {
        if (failure instanceof IOException io) {
            throw io;
        }
        throw (RuntimeException) failure;
    }

    @Test
    void restore_renameFailsWhileKeepingPrevious_leavesNoSecondName() throws Exception {
        HookedFileOperations failing = new HookedFileOperations((number, operation) -> {
            if (operation.equals("rename")) {
                throw new IOException("planned");
            }
        });
        assertThatThrownBy(() -> builder()
                        .files(failing)
                        .build()
                        .restore(RestoreRequest.latest().keepPrevious()))
                .hasMessageContaining("planned");
        assertThat(TestDatabase.dump(database)).isEqualTo(old);
        assertThat(names()).containsExactly("WAL.db");
    }

    @Test
    void restore_ownerGroupAndMode_areThoseOfTheOldFile() throws Exception {
        assumeTrue(ChildJvm.isRoot(), "only root gives files away");
        PosixFileAttributeView view = Files.getFileAttributeView(database, PosixFileAttributeView.class);
        var principals = database.getFileSystem().getUserPrincipalLookupService();
        view.setOwner(principals.lookupPrincipalByName("nobody"));
        view.setGroup(principals.lookupPrincipalByGroupName("daemon"));
        view.setPermissions(PosixFilePermissions.fromString("rw-rw----"));
        builder().build().restore(RestoreRequest.latest());
        PosixFileAttributes after = Files.readAttributes(database, PosixFileAttributes.class);
        assertThat(after.owner().getName()).isEqualTo("nobody");
        assertThat(after.group().getName()).isEqualTo("daemon");
        assertThat(PosixFilePermissions.toString(after.permissions())).isEqualTo("rw-rw----");
    }

    @Test
    void restore_throughSymbolicLinks_keepsAllFilesNextToTheTarget() throws Exception {
        Path real = Files.createDirectory(directory.resolve("real"));
        Files.move(database, real.resolve("data.db"));
        Files.createSymbolicLink(directory.resolve("link"), Path.of("real/data.db"));
        Files.createSymbolicLink(database, Path.of("link"));
        RestoreReport report = builder().build().restore(RestoreRequest.latest().keepPrevious());
        assertThat(report.database()).isEqualTo(real.resolve("data.db"));
        assertThat(report.kept()).contains(real.resolve("data.db.previous-" + report.restoreId()));
        assertThat(names()).containsExactly("WAL.db", "link", "real");
        assertThat(database).isSymbolicLink();
        assertThat(TestDatabase.dump(database)).isEqualTo(image);
    }

    @Test
    void restore_readOnlyDirectory_isRejectedAndNamed() throws Exception {
        assumeTrue(ChildJvm.canObey(), "nothing here binds root to permissions");
        byte[] bytes = Files.readAllBytes(database);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-xr-xr-x"));
        try {
            ChildJvm.Result result =
                    ChildJvm.runObedient(ObedientRestore.class, stored, database, directory, "restore");
            assertThat(result.output())
                    .contains("SnapshotConfigurationException", "permission denied", directory.toString());
        } finally {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        assertThat(database).hasBinaryContent(bytes);
        assertThat(names()).containsExactly("WAL.db");
    }

    @Test
    void restore_walDatabaseWithAnIdleConnection_reportsInUseAndChangesNothing() throws Exception {
        try (Connection idle = TestDatabase.open(database)) {
            assertThat(TestDatabase.value(idle, "SELECT count(*) FROM person")).isNotEqualTo("0");
            assertThatThrownBy(() -> builder().build().restore(RestoreRequest.latest()))
                    .isInstanceOf(DatabaseInUseException.class)
                    .hasMessageContaining(database.toString());
            TestDatabase.run(idle, "DELETE FROM bare");
        }
        assertThat(TestDatabase.dump(database)).isEqualTo(old);
        assertThat(names()).containsExactly("WAL.db");
    }

    @Test
    void restore_rollbackDatabaseWithAnActiveReader_reportsInUseAndChangesNothing() throws Exception {
        prepare("DELETE");
        try (Connection active = TestDatabase.open(database)) {
            TestDatabase.run(active, "BEGIN", "SELECT * FROM person");
            assertThat(TestDatabase.value(active, "SELECT count(*) FROM person"))
                    .isNotEqualTo("0");
            assertThatThrownBy(() -> builder().build().restore(RestoreRequest.latest()))
                    .isInstanceOf(DatabaseInUseException.class);
            TestDatabase.run(active, "COMMIT");
        }
        assertThat(TestDatabase.dump(database)).isEqualTo(old);
    }

    @ParameterizedTest
    @ValueSource(strings = {"WAL", "DELETE"})
    void d12_poolOpensBeforeTheRename_mixesNoContent(String journalMode) throws Exception {
        prepare(journalMode);
        List<Connection> pool = new ArrayList<>();
        HookedFileOperations opening = new HookedFileOperations((number, operation) -> {}) {
            @Override
            public void rename(Path from, Path to) throws IOException {
                if (to.equals(database)) {
                    pool.add(openBeforeTheRename());
                }
                super.rename(from, to);
            }
        };
        builder().files(opening).build().restore(RestoreRequest.latest());
        try (Connection early = pool.get(0)) {
            assertThatThrownBy(() -> TestDatabase.run(early, "PRAGMA journal_mode = WAL", "DELETE FROM person"))
                    .as("its write would be lost silently")
                    .isInstanceOf(SQLException.class);
        }
        assertThat(pool).hasSize(1);
        assertThat(TestDatabase.dump(database)).isEqualTo(image);
        assertThat(names()).doesNotContain(database.getFileName() + "-journal", database.getFileName() + "-wal");
    }

    /** Opens a connection, which finds the database locked. */
    private Connection openBeforeTheRename() {
        try {
            Connection early = TestDatabase.open(database);
            TestDatabase.run(early, "PRAGMA busy_timeout = 0");
            assertThatThrownBy(() -> TestDatabase.value(early, "SELECT count(*) FROM person"))
                    .hasMessageContaining("BUSY");
            return early;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void restore_poolOpensAfterTheRename_keepsItsJournal() throws Exception {
        prepare("DELETE");
        List<Connection> pool = new ArrayList<>();
        HookedFileOperations opening = new HookedFileOperations((number, operation) -> {}) {
            @Override
            public void rename(Path from, Path to) throws IOException {
                super.rename(from, to);
                if (to.equals(database)) {
                    pool.add(writeUncommitted());
                }
            }
        };
        builder().files(opening).build().restore(RestoreRequest.latest());
        Path crashed = Files.createDirectory(directory.resolve("crashed")).resolve(database.getFileName());
        try (Connection early = pool.get(0)) {
            Files.copy(database, crashed);
            Files.copy(journal(database), journal(crashed));
            TestDatabase.run(early, "ROLLBACK");
        }
        assertThat(TestDatabase.dump(database)).isEqualTo(image);
        assertThat(TestDatabase.dump(crashed))
                .as("a crash of that connection is rolled back from its journal")
                .isEqualTo(image);
    }

    private static Path journal(Path file) {
        return file.resolveSibling(file.getFileName() + "-journal");
    }

    /** Opens a transaction that has written to the new file, so that its journal is needed to roll it back. */
    private Connection writeUncommitted() {
        try {
            Connection early = TestDatabase.open(database);
            TestDatabase.run(
                    early,
                    "PRAGMA cache_size = 1",
                    "BEGIN",
                    "UPDATE person SET photo = randomblob(800), name = name || '!'");
            return early;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void restore_killedBeforeTheRename_nextRunRepairsTheOldDatabase() throws Exception {
        Path copy = killRestore("plain");
        assertThat(names()).noneMatch(name -> name.contains("previous"));
        builder().build().restore(RestoreRequest.latest());
        assertThat(TestDatabase.dump(database)).isEqualTo(image);
        assertThat(names()).containsExactly("WAL.db");
        goBackTo(copy);
        builder().build().take();
        assertThat(TestDatabase.dump(database)).isEqualTo(old);
        assertThat(names()).containsExactly("WAL.db");
        goBackTo(copy);
        deleteStagedFile();
        builder().build().take();
        assertThat(TestDatabase.dump(database)).isEqualTo(old);
        assertThat(names()).containsExactly("WAL.db");
    }

    /** A power failure may keep one half of a rename between two directories. */
    private void deleteStagedFile() throws IOException {
        for (String name : names()) {
            if (name.contains("scratch")) {
                Files.delete(directory.resolve(name).resolve("staged.db"));
            }
        }
    }

    @Test
    void restore_killedBeforeTheRenameAndKeepingPrevious_nextRunRepairsTheOldDatabase() throws Exception {
        Path copy = killRestore("keeping");
        assertThat(names().stream().filter(name -> name.contains("previous"))).hasSize(1);
        builder().build().restore(RestoreRequest.latest());
        assertThat(TestDatabase.dump(database)).isEqualTo(image);
        assertThat(names()).containsExactly("WAL.db");
        goBackTo(copy);
        Files.delete(database);
        builder().build().restore(RestoreRequest.latest());
        assertThat(TestDatabase.dump(database)).isEqualTo(image);
        assertPreviousIsKept();
        goBackTo(copy);
        builder().build().take();
        assertThat(TestDatabase.dump(database)).isEqualTo(old);
        assertThat(names()).containsExactly("WAL.db");
    }

    private void assertPreviousIsKept() throws Exception {
        List<String> left = names();
        assertThat(left).hasSize(2).allMatch(name -> name.startsWith("WAL.db"));
        Map<String, List<String>> previous = TestDatabase.dump(directory.resolve(left.get(1)));
        assertThat(previous.put("PRAGMA journal_mode", List.of("'wal'"))).containsExactly("'delete'");
        assertThat(previous).isEqualTo(old);
    }

    /** Starts a restore in another process, which ends before the rename; returns a copy of the files that it leaves. */
    private Path killRestore(String how) throws Exception {
        ChildJvm.Result result = ChildJvm.run(HaltedRestore.class, stored, database, how);
        assertThat(result.status()).as(result.output()).isEqualTo(HaltedRestore.STATUS);
        assertThat(names()).contains("WAL.db.harmonylite-restore");
        assertThat(TestDatabase.value(database, "PRAGMA journal_mode")).isEqualTo("'delete'");
        Path copy = copies.resolve("copy");
        copy(directory, copy);
        return copy;
    }

    private void goBackTo(Path copy) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        copy(copy, directory);
    }

    /** Copies a directory with all below it; hard links stay hard links. */
    private static void copy(Path from, Path to) throws IOException {
        Map<Object, Path> copied = new HashMap<>();
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file));
                Object key =
                        Files.readAttributes(file, BasicFileAttributes.class).fileKey();
                Path same = copied.putIfAbsent(key, target);
                if (same == null) {
                    Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
                } else {
                    Files.createLink(target, same);
                }
            }
        }
    }

    @Test
    void restore_leftoverSidecarsWithoutDatabase_areMovedAside() throws Exception {
        Path wal = database.resolveSibling("WAL.db-wal");
        try (Connection crashed = TestDatabase.open(database)) {
            TestDatabase.run(crashed, "DELETE FROM person");
            Files.copy(wal, directory.resolve("saved"));
        }
        Files.delete(database);
        Files.move(directory.resolve("saved"), wal);
        Files.write(journal(database), new byte[] {1, 2, 3});
        byte[] left = Files.readAllBytes(wal);
        RestoreReport report = builder().build().restore(RestoreRequest.latest());
        assertThat(TestDatabase.dump(database)).isEqualTo(image);
        String suffix = ".orphaned-" + report.restoreId();
        assertThat(names()).containsExactly("WAL.db", "WAL.db-journal" + suffix, "WAL.db-wal" + suffix);
        assertThat(directory.resolve("WAL.db-wal" + suffix)).hasBinaryContent(left);
    }

    @Test
    void restore_damagedTarget_isReplacedIfAllowedAndKeptWithItsSidecars() throws Exception {
        byte[] junk = damage();
        assertThatThrownBy(() -> builder().build().restore(RestoreRequest.latest()))
                .isInstanceOf(DatabaseDamagedException.class);
        assertThat(database).hasBinaryContent(junk);
        RestoreReport report = builder().build().restore(RestoreRequest.latest().replaceDamaged());
        Path kept = database.resolveSibling("WAL.db.damaged-" + report.restoreId());
        assertThat(report.kept()).contains(kept);
        assertThat(kept).hasBinaryContent(junk);
        assertThat(kept.resolveSibling(kept.getFileName() + "-wal")).hasBinaryContent(new byte[] {1, 2, 3});
        assertThat(TestDatabase.dump(database)).isEqualTo(image);
    }

    @Test
    void restore_renameFailsForADamagedTarget_putsItBack() throws Exception {
        byte[] junk = damage();
        HookedFileOperations failing = new HookedFileOperations((number, operation) -> {}) {
            @Override
            public void rename(Path from, Path to) throws IOException {
                if (to.equals(database)) {
                    throw new IOException("planned");
                }
                super.rename(from, to);
            }
        };
        assertThatThrownBy(() -> builder()
                        .files(failing)
                        .build()
                        .restore(RestoreRequest.latest().replaceDamaged()))
                .hasMessageContaining("planned");
        assertDamagedIsBack(junk);
    }

    @Test
    void restore_killedWhileADamagedTargetIsReplaced_nextRunPutsItBack() throws Exception {
        byte[] junk = damage();
        ChildJvm.Result result = ChildJvm.run(HaltedRestore.class, stored, database, "damaged");
        assertThat(result.status()).as(result.output()).isEqualTo(HaltedRestore.STATUS);
        assertThat(names()).doesNotContain("WAL.db-wal");
        assertThatThrownBy(() -> builder().build().restore(RestoreRequest.latest()))
                .isInstanceOf(DatabaseDamagedException.class);
        assertDamagedIsBack(junk);
    }

    private byte[] damage() throws IOException {
        byte[] junk = "this was a database once ".repeat(100).getBytes(StandardCharsets.UTF_8);
        Files.write(database, junk);
        Files.write(database.resolveSibling("WAL.db-wal"), new byte[] {1, 2, 3});
        return junk;
    }

    private void assertDamagedIsBack(byte[] junk) throws IOException {
        assertThat(database).hasBinaryContent(junk);
        assertThat(database.resolveSibling("WAL.db-wal")).hasBinaryContent(new byte[] {1, 2, 3});
        assertThat(names()).noneMatch(name -> name.contains("damaged") || name.contains("harmonylite"));
    }

    @Test
    void restore_soundTargetWithReplacingDamaged_isReplacedAsUsual() throws Exception {
        RestoreReport report = builder().build().restore(RestoreRequest.latest().replaceDamaged());
        assertThat(report.kept()).isEmpty();
        assertThat(TestDatabase.dump(database)).isEqualTo(image);
        assertThat(names()).containsExactly("WAL.db");
    }
}
