package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.jspecify.annotations.Nullable;

/**
 * Restores any snapshot of a random history onto a database in any state of that history, onto a foreign one, and onto
 * one with a damaged page. The result equals the database of the take, and the image that a restore into an empty
 * directory gives. jqwik prints the seed that repeats a failure.
 */
class DeltaRestorePropertyTest {

    @Property(tries = 25, shrinking = ShrinkingMode.BOUNDED)
    void restore_anyStateOfTheDatabase_equalsAFullRestore(@ForAll List<Step> steps, @ForAll Random random)
            throws Exception {
        Path directory = Files.createTempDirectory("delta");
        try {
            History history = new History(directory, random);
            for (Step step : steps.subList(0, Math.min(steps.size(), 12))) {
                history.run(step);
            }
            history.check();
        } finally {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    enum Step {
        INSERT("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)"
                + " INSERT INTO t (x) SELECT randomblob(400) FROM n"),
        UPDATE("UPDATE t SET x = randomblob(400) WHERE id % 37 = abs(random()) % 37"),
        UPDATE_ONE("UPDATE t SET x = randomblob(400) WHERE id = 3"),
        DELETE("DELETE FROM t WHERE id % 5 = 0"),
        DELETE_MOST("DELETE FROM t WHERE id > 3"),
        ENLARGE("INSERT INTO large VALUES (zeroblob(18000000))"),
        SHRINK("DELETE FROM large"),
        CREATE_TABLE("CREATE TABLE IF NOT EXISTS u (y UNIQUE)"),
        DROP_TABLE("DROP TABLE IF EXISTS u"),
        VACUUM("VACUUM"),
        OTHER_PAGE_SIZE("PRAGMA page_size = 2048; VACUUM"),
        WAL("PRAGMA journal_mode = WAL"),
        ROLLBACK("PRAGMA journal_mode = DELETE");

        private final String statements;

        Step(String statements) {
            this.statements = statements;
        }
    }

    private static final class History {

        private final Path directory;
        private final Path database;
        private final Random random;
        private final @Nullable SnapshotKeys keys;
        private final List<Step> done = new ArrayList<>();
        private final List<Path> states = new ArrayList<>();
        private final Map<SnapshotId, Map<String, List<String>>> dumps = new HashMap<>();
        private Instant now = Instant.parse("2026-11-24T00:00:00Z");
        private final InMemorySnapshotStore store = new InMemorySnapshotStore(() -> now);

        History(Path directory, Random random) throws Exception {
            this.directory = directory;
            this.database = directory.resolve("orders.db");
            this.random = random;
            this.keys = TestKeys.any(random);
            TestDatabase.run(
                    database,
                    "PRAGMA page_size = " + (512 << random.nextInt(4)),
                    "PRAGMA auto_vacuum = " + random.nextInt(3),
                    "CREATE TABLE t (id INTEGER PRIMARY KEY, x)",
                    "CREATE TABLE large (x)",
                    TestDatabase.fill("t", "x", "randomblob(400)", 100));
            keep();
        }

        void run(Step step) throws Exception {
            done.add(step);
            TestDatabase.run(database, step.statements.split(";"));
            keep();
        }

        /** Keeps the state of the database, and takes a snapshot of every second one. */
        private void keep() throws IOException {
            Path state = directory.resolve("state-" + states.size());
            states.add(Files.copy(database, state)); // The last connection has emptied the log.
            if (random.nextBoolean() || states.size() == 1) {
                now = now.plus(Duration.ofMinutes(1));
                SnapshotInfo taken = manager(database).take();
                try {
                    dumps.put(taken.id(), TestDatabase.dump(database));
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        }

        private SnapshotManager manager(Path at) {
            return TestKeys.with(keys, SnapshotManager.builder("orders", at, store))
                    .compaction(random.nextInt(4) == 0 ? Compaction.ALWAYS : Compaction.NEVER)
                    .clock(() -> now)
                    .parallelism(1 + random.nextInt(3))
                    .build();
        }

        void check() throws Exception {
            List<SnapshotInfo> snapshots = manager(database).list().snapshots();
            for (int i = 0; i < 6; i++) {
                SnapshotId id = snapshots.get(random.nextInt(snapshots.size())).id();
                Path target = target(directory.resolve("target-" + i + ".db"));
                RestoreReport delta = manager(target)
                        .restore(RestoreRequest.of(id).allowSchemaChange().replaceDamaged());
                Path copy = directory.resolve("full-" + i + ".db");
                RestoreReport full = manager(copy).restore(RestoreRequest.of(id));
                String what = id + " after " + done;
                assertSame(what + " (full)", copy, dumps.get(id));
                assertSame(what, target, dumps.get(id));
                assertThat(TestDatabase.value(target, "PRAGMA integrity_check"))
                        .as(what)
                        .isEqualTo("'ok'");
                assertThat(full.bytesReused()).as(what).isZero();
                assertThat(delta.bytesReused())
                        .as(what)
                        .isBetween(0L, delta.snapshot().image().bytes());
                assertThat(delta.bytesReused() == 0 || delta.bytesFetched() < full.bytesFetched() * 11 / 10 + 4096)
                        .as("%s: %s and %s bytes", what, delta.bytesFetched(), full.bytesFetched())
                        .isTrue();
            }
        }

        private static void assertSame(String what, Path at, Map<String, List<String>> expected) throws Exception {
            Map<String, List<String>> found = new HashMap<>(TestDatabase.dump(at));
            found.put("PRAGMA journal_mode", expected.get("PRAGMA journal_mode")); // That of the replaced database.
            assertThat(found.keySet()).as(what).isEqualTo(expected.keySet());
            found.forEach((table, rows) -> assertThat(rows.equals(expected.get(table)))
                    .as("%s: rows of %s", what, table)
                    .isTrue());
        }

        /** Creates a database in any state. */
        private Path target(Path at) throws Exception {
            Files.copy(states.get(random.nextInt(states.size())), at);
            switch (random.nextInt(4)) {
                case 0 -> {
                    try (RandomAccessFile file = new RandomAccessFile(at.toFile(), "rw")) {
                        file.seek(100 + random.nextInt((int) Math.min(file.length() - 200, 1 << 24)));
                        byte[] noise = new byte[100];
                        random.nextBytes(noise);
                        file.write(noise);
                    }
                }
                case 1 -> {
                    Files.delete(at);
                    TestDatabase.run(
                            at,
                            "CREATE TABLE other (x)",
                            TestDatabase.fill("other", "x", "randomblob(700)", random.nextInt(300)));
                }
                default -> {
                    // The state as it was.
                }
            }
            return at;
        }
    }
}
