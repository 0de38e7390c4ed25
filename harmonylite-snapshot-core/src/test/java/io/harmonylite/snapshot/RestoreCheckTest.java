package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.change.OutboxTable;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.internal.format.CheckRecord;
import io.harmonylite.snapshot.internal.format.Digest;
import io.harmonylite.snapshot.internal.format.ImageDigests;
import io.harmonylite.snapshot.internal.format.ImageGeometry;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.format.ManifestCodec;
import io.harmonylite.snapshot.internal.sqlite.ImagePages;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.Function;

/**
 * Shows when SQLite checks an image. A CHECK constraint of the only row calls a function, so each check calls it once;
 * nothing else does, because no test writes that row through a connection with the counting function.
 */
class RestoreCheckTest {

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();
    private final List<Path> opened = new ArrayList<>();
    private Runnable onCheck = () -> {};
    private int checks;
    private Path database;

    @BeforeEach
    void createDatabase() throws Exception {
        database = directory.resolve("orders.db");
        try (Connection connection = TestDatabase.open(database)) {
            customize(connection);
            TestDatabase.run(
                    connection,
                    "PRAGMA secure_delete = OFF",
                    "CREATE TABLE checked (x CHECK (seen(x)))",
                    "INSERT INTO checked VALUES (1)",
                    "CREATE TABLE t (id INTEGER PRIMARY KEY, x)",
                    TestDatabase.fill("t", "x", "'row ' || i", 1000),
                    "CREATE TABLE outbox (id INTEGER PRIMARY KEY, x)",
                    TestDatabase.fill("outbox", "x", "'deleted ' || randomblob(3000)", 100),
                    "DELETE FROM outbox");
        }
        checks = 0;
    }

    /** Registers the counting function. */
    private void customize(Connection connection) throws SQLException {
        String file = TestDatabase.value(connection, "SELECT file FROM pragma_database_list WHERE name = 'main'");
        opened.add(Path.of(file.substring(1, file.length() - 1)));
        Function seen = new Function() {
            @Override
            protected void xFunc() throws SQLException {
                checks++;
                onCheck.run();
                result(1);
            }
        };
        Function.create(connection, "seen", seen, -1, TestDatabase.INNOCUOUS);
    }

    private SnapshotManager.Builder builder() {
        return SnapshotManager.builder("orders", database, store)
                .compaction(Compaction.NEVER)
                .parallelism(1)
                .connectionCustomizer(this::customize);
    }

    private SnapshotInfo take() {
        SnapshotInfo taken = builder().build().take();
        checks = 0;
        return taken;
    }

    private int checksOf(RestoreRequest request) {
        checks = 0;
        builder().build().restore(request);
        return checks;
    }

    private Manifest manifest(SnapshotId id) throws Exception {
        try (InputStream in = store.open("orders/manifests/" + id)) {
            return ManifestCodec.decode(in.readAllBytes());
        }
    }

    private void record(SnapshotId id, @Nullable CheckRecord check) throws Exception {
        Manifest stored = manifest(id);
        Manifest changed = new Manifest(stored.head(), stored.packs(), stored.leaves(), stored.credit(), check);
        store.damage("orders/manifests/" + id, ManifestCodec.encode(changed));
    }

    @Test
    void take_anyImage_isCheckedOnceAndRecorded() throws Exception {
        SnapshotInfo taken = builder().build().take();
        assertThat(checks).isEqualTo(1);
        CheckRecord check = manifest(taken.id()).check();
        assertThat(check).isNotNull();
        assertThat(check.isComplete()).isTrue();
        assertThat(check.kind()).isEqualTo("quick_check");
        assertThat("'" + check.sqlite() + "'").isEqualTo(TestDatabase.value(database, "SELECT sqlite_version()"));
        SnapshotInfo full = builder().integrityCheck().build().take();
        assertThat(manifest(full.id()).check().kind()).isEqualTo("integrity_check");
    }

    /** The free pages still hold deleted rows when they are copied. */
    @Test
    void take_freePages_areBlankInTheCheckedFile() throws Exception {
        Path seen = directory.resolve("seen.db");
        onCheck = () -> copyTo(seen);
        SnapshotInfo taken = builder().build().take();
        ImageGeometry geometry =
                new ImageGeometry(taken.image().pageSize(), taken.image().pageCount());
        List<Digest> leaves = new ArrayList<>();
        try (FileChannel channel = FileChannel.open(seen)) {
            assertThat(channel.size()).isEqualTo(geometry.imageBytes());
            ImagePages pages = new ImagePages(channel, geometry);
            for (int leaf = 0; leaf < geometry.leafCount(); leaf++) {
                leaves.add(
                        pages.digests(leaf, new byte[ImageGeometry.FRAME_BYTES]).leaf());
            }
        }
        assertThat(Files.readString(database, StandardCharsets.ISO_8859_1)).contains("deleted ");
        assertThat(ImageDigests.image(geometry, leaves).hex())
                .isEqualTo(taken.image().imageDigest());
    }

    private void copyTo(Path to) {
        try {
            Files.copy(opened.get(opened.size() - 1), to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @EnumSource(InstallMethod.class)
    void restore_checkedByItsTake_isNotCheckedAgain(InstallMethod method) {
        take();
        RestoreRequest latest = RestoreRequest.latest();
        assertThat(checksOf(method == InstallMethod.SWAP ? latest : latest.online(WriteBarrier.noWriters())))
                .isZero();
    }

    @Test
    void restore_missingDatabase_isNotCheckedAgain() throws Exception {
        take();
        Files.delete(database);
        assertThat(checksOf(RestoreRequest.latest())).isZero();
        assertThat(TestDatabase.value(database, "SELECT count(*) FROM t")).isEqualTo("1000");
    }

    @Test
    void restore_checkForced_isChecked() {
        take();
        assertThat(checksOf(RestoreRequest.latest().forceCheck())).isEqualTo(1);
    }

    @Test
    void restore_checkMissingPartialOrUnknown_isChecked() throws Exception {
        SnapshotId id = take().id();
        record(id, null);
        assertThat(checksOf(RestoreRequest.latest())).isEqualTo(1);
        record(id, new CheckRecord("quick_check", "3.50.3", List.of(), List.of("t (no such collation: x)")));
        assertThat(checksOf(RestoreRequest.latest())).isEqualTo(1);
        record(id, new CheckRecord("no_check", "3.50.3", List.of(), List.of()));
        assertThat(checksOf(RestoreRequest.latest())).isEqualTo(1);
        record(id, new CheckRecord("quick_check", "3.50.3", List.of("NULL value in t.x: 1 row"), List.of()));
        assertThat(checksOf(RestoreRequest.latest())).isZero();
    }

    /** The take lacks the function, so it cannot check the table. */
    @Test
    void restore_tableNotCheckedByItsTake_isChecked() throws Exception {
        SnapshotInfo taken = builder()
                .connectionCustomizer(ConnectionCustomizer.none())
                .build()
                .take();
        CheckRecord check = manifest(taken.id()).check();
        assertThat(check.isComplete()).isFalse();
        assertThat(check.unchecked()).singleElement().asString().startsWith("checked (unknown function: seen");
        assertThat(checksOf(RestoreRequest.latest())).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELETE", "WAL", "TRUNCATE", "PERSIST", "MEMORY", "OFF"})
    void restore_editedImage_isCheckedAfterTheEdit(String journalMode) {
        take();
        assertThat(checksOf(RestoreRequest.latest()
                        .editStaged(staged -> TestDatabase.run(
                                staged, "PRAGMA journal_mode = " + journalMode, "DELETE FROM t WHERE id = 5"))))
                .isEqualTo(1);
    }

    @Test
    void restore_editThatOnlyReads_isNotChecked() {
        take();
        assertThat(checksOf(RestoreRequest.latest()
                        .editStaged(staged -> TestDatabase.value(staged, "SELECT count(*) FROM t"))))
                .isZero();
    }

    @Test
    void restore_editThatDamagesTheImage_isRejected() throws Exception {
        take();
        byte[] before = Files.readAllBytes(database);
        RestoreRequest request = RestoreRequest.latest()
                .editStaged(staged -> TestDatabase.run(
                        staged,
                        "PRAGMA writable_schema = ON",
                        "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 't')"
                                + " WHERE name = 'outbox'",
                        "PRAGMA writable_schema = OFF"));
        SnapshotManager manager = builder().build();
        assertThatThrownBy(() -> manager.restore(request)).isInstanceOf(DatabaseDamagedException.class);
        assertThat(Files.readAllBytes(database)).isEqualTo(before);
    }

    @Test
    void restore_pendingChanges_isCheckedIfSomeAreTransferred() throws Exception {
        OutboxTable outbox = OutboxTable.of("outbox", (staged, change) -> {});
        builder().pendingChanges(outbox).build().take();
        TestDatabase.run(database, "INSERT INTO outbox VALUES (1, 'pending')");
        checks = 0;
        builder().pendingChanges(outbox).build().restore(RestoreRequest.latest());
        assertThat(checks).isEqualTo(1);
        TestDatabase.run(database, "DROP TABLE outbox");
        checks = 0;
        builder().pendingChanges(outbox).build().restore(RestoreRequest.latest().allowSchemaChange());
        assertThat(checks).isZero();
    }

    /** Anyone with write access to the store can write such a snapshot. Here a page is damaged after it was checked. */
    @Test
    void restore_wrongRecord_isFoundByAForcedCheckOnly() throws Exception {
        onCheck = this::damageCheckedFile;
        SnapshotId id = builder().build().take().id();
        onCheck = () -> {};
        SnapshotManager manager = builder().build();
        byte[] before = Files.readAllBytes(database);
        assertThatThrownBy(() -> manager.restore(RestoreRequest.of(id).forceCheck()))
                .isInstanceOf(CorruptSnapshotException.class)
                .hasMessageContaining("SQLite's check");
        assertThat(Files.readAllBytes(database)).isEqualTo(before);
        assertThat(manager.verify(id, VerifyDepth.REBUILD).isSound()).isFalse();
        assertThat(manager.restore(RestoreRequest.of(id)).snapshot().id()).isEqualTo(id);
    }

    private void damageCheckedFile() {
        try (RandomAccessFile file =
                new RandomAccessFile(opened.get(opened.size() - 1).toFile(), "rw")) {
            int pageSize = 4096;
            for (long page = file.length() / pageSize - 1; page > 0; page--) {
                file.seek(page * pageSize);
                if (file.read() == 13) { // A leaf of a table.
                    file.seek(page * pageSize + 3);
                    file.writeShort(0x7fff); // Number of its cells.
                    return;
                }
            }
            throw new AssertionError("no leaf found");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
