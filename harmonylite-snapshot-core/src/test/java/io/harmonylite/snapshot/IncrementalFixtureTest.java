package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.format.ManifestCodec;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Checks that this version reads stored fixtures of three snapshots that share packs, which are never rewritten: a full
 * one, one with changed rows, and one of a shrunk image whose take rewrote pages. The manifests of the second fixture
 * record SQLite's check, and those of the third are sealed.
 */
class IncrementalFixtureTest {

    private static final Path FIXTURES = Path.of("src/test/resources/io/harmonylite/snapshot");
    private static final Instant CREATED = Instant.parse("2026-11-30T08:00:00.123Z");

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"format-1-incremental, false", "format-1-checked, true", "format-1-sealed, true"})
    void restore_storedFixture_equalsTheStoredDumps(String name, boolean isChecked) throws Exception {
        Path fixture = FIXTURES.resolve(name);
        try (FileSystemSnapshotStore store = FileSystemSnapshotStore.open(fixture.resolve("store"))) {
            Path keyFile = fixture.resolve("orders.key");
            SnapshotKeys keys = Files.exists(keyFile) ? SnapshotKeys.read(keyFile) : null;
            SnapshotRepository repository = TestKeys.with(keys, SnapshotRepository.builder("orders", store))
                    .scratchDirectory(directory)
                    .build();
            List<SnapshotInfo> snapshots = repository.list().snapshots();
            assertThat(snapshots).hasSize(3);
            assertThat(snapshots.get(0).referencedBytes()).isZero();
            assertThat(snapshots.get(1).referencedBytes()).isPositive();
            assertThat(snapshots.get(2).rewrittenBytes()).isPositive();
            for (int number = 0; number < 3; number++) {
                SnapshotId id = snapshots.get(number).id();
                Manifest manifest = ManifestCodec.decode(
                        Files.readAllBytes(fixture.resolve("store/orders/manifests/" + id)),
                        keys == null ? null : keys.ring);
                assertThat(manifest.check() != null && manifest.check().isComplete())
                        .isEqualTo(isChecked);
                assertThat(repository.verify(id, VerifyDepth.REBUILD).problem()).isEmpty();
                Path restored = directory.resolve("restored-" + number + ".db");
                repository.restore(RestoreRequest.of(id), restored);
                assertThat(TestDatabase.rows(restored, "SELECT * FROM t"))
                        .isEqualTo(Files.readAllLines(fixture.resolve("rows-" + number + ".txt")));
            }
        }
    }

    /** Writes a fixture to the directory that the property names. This is not a test, and is run by hand only. */
    @Test
    @EnabledIfSystemProperty(named = "fixture.write", matches = ".+")
    void write_newFixture() throws Exception {
        Path target = Files.createDirectories(Path.of(System.getProperty("fixture.write")));
        Path database = directory.resolve("orders.db");
        TestDatabase.run(
                database,
                "PRAGMA page_size = 512",
                "CREATE TABLE t (id INTEGER PRIMARY KEY, x)",
                TestDatabase.fill("t", "x", "hex(randomblob(120))", 60));
        try (FileSystemSnapshotStore store = FileSystemSnapshotStore.create(target.resolve("store"))) {
            SnapshotKeys keys =
                    Boolean.getBoolean("fixture.keys") ? SnapshotKeys.create(target.resolve("orders.key")) : null;
            take(database, store, keys, target, 0);
            TestDatabase.run(database, "UPDATE t SET x = 'changed' WHERE id % 15 = 0");
            take(database, store, keys, target, 1);
            TestDatabase.run(database, "DELETE FROM t WHERE id > 12 AND id % 7 > 1");
            take(database, store, keys, target, 2);
        }
    }

    private static void take(
            Path database, FileSystemSnapshotStore store, @Nullable SnapshotKeys keys, Path target, int number)
            throws Exception {
        AtomicInteger random = new AtomicInteger(16 * number);
        TestKeys.with(keys, SnapshotManager.builder("orders", database, store))
                .node("fixture")
                .compaction(Compaction.NEVER)
                .clock(InstantSource.fixed(CREATED.plusSeconds(number)))
                .random(random::incrementAndGet)
                .build()
                .take();
        Files.write(target.resolve("rows-" + number + ".txt"), TestDatabase.rows(database, "SELECT * FROM t"));
    }
}
