package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.internal.format.LayerEntry;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.format.ManifestCodec;
import io.harmonylite.snapshot.internal.format.PackEntry;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.testing.HookedStore;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.jspecify.annotations.Nullable;

/**
 * Histories of a database with takes, prunes, copies and damage in between. After every step each listed snapshot whose packs
 * were not damaged is complete, restores exactly the database of its take, and keeps the bounds. jqwik prints the seed
 * that repeats a failure.
 */
class IncrementalHistoryPropertyTest {

    @Property(tries = 40, shrinking = ShrinkingMode.BOUNDED)
    void everyListedSnapshot_anyHistory_restoresItsDatabase(@ForAll List<Step> steps, @ForAll Random random)
            throws Exception {
        Path directory = Files.createTempDirectory("history");
        try {
            History history = new History(directory, random);
            history.run(Step.TAKE);
            for (Step step : steps.subList(0, Math.min(steps.size(), 16))) {
                history.run(step);
            }
            history.run(Step.TAKE);
        } finally {
            delete(directory);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    enum Step {
        INSERT,
        UPDATE,
        UPDATE_AND_TAKE,
        DELETE,
        DELETE_MOST,
        ENLARGE,
        CHANGE_SCHEMA,
        VACUUM,
        CHANGE_PAGE_SIZE,
        TAKE,
        TAKE_UNCHANGED,
        TAKE_COMPACTED,
        TAKE_FULL,
        TAKE_DURING_A_TAKE,
        PRUNE_DURING_A_TAKE,
        PRUNE,
        SWEEP,
        DAMAGE_PACK,
        DELETE_PACK,
        RETIRE,
        COPY_AND_GO_ON_THERE
    }

    private static final class History {

        private final Path directory;
        private final Path database;
        private final Random random;
        private final List<Step> done = new ArrayList<>();
        private final Map<SnapshotId, Map<String, List<String>>> dumps = new HashMap<>();
        private Set<String> broken = new HashSet<>();
        private Instant now = Instant.parse("2026-11-24T00:00:00Z");
        private InMemorySnapshotStore store = new InMemorySnapshotStore(() -> now);
        private InMemorySnapshotStore other = new InMemorySnapshotStore(() -> now);
        private Set<String> otherBroken = new HashSet<>();
        private int files;
        private final @Nullable SnapshotKeys keys;

        History(Path directory, Random random) throws Exception {
            this.directory = directory;
            this.database = directory.resolve("orders.db");
            this.random = random;
            this.keys = TestKeys.any(random);
            int pageSize = 512 << random.nextInt(8);
            TestDatabase.run(
                    database,
                    "PRAGMA page_size = " + pageSize,
                    "CREATE TABLE t (id INTEGER PRIMARY KEY, x)",
                    "CREATE TABLE large (x)",
                    TestDatabase.fill("t", "x", "randomblob(400)", 100));
        }

        private SnapshotManager manager() {
            return manager(Compaction.NEVER);
        }

        private SnapshotManager manager(Compaction compaction) {
            return TestKeys.with(keys, SnapshotManager.builder("orders", database, store))
                    .compaction(compaction)
                    .clock(() -> now)
                    .parallelism(1 + random.nextInt(3))
                    .build();
        }

        private SnapshotRepository repository() {
            return TestKeys.with(keys, SnapshotRepository.builder("orders", store))
                    .scratchDirectory(directory)
                    .clock(() -> now)
                    .build();
        }

        void run(Step step) throws Exception {
            done.add(step);
            now = now.plus(Duration.ofMinutes(1));
            apply(step);
            check();
        }

        private void apply(Step step) throws Exception {
            int rows = 1 + random.nextInt(60);
            switch (step) {
                case INSERT -> TestDatabase.run(database, TestDatabase.fill("t", "x", "randomblob(400)", rows));
                case UPDATE -> update();
                case UPDATE_AND_TAKE -> {
                    for (int i = 0; i < 6; i++) {
                        update();
                        take(manager(), TakeRequest.incremental());
                    }
                }
                case DELETE ->
                    TestDatabase.run(database, "DELETE FROM t WHERE id % " + (2 + random.nextInt(9)) + " = 0");
                case DELETE_MOST -> TestDatabase.run(database, "DELETE FROM t WHERE id > 3");
                case ENLARGE ->
                    TestDatabase.run(
                            database,
                            "DELETE FROM large",
                            "INSERT INTO large VALUES (zeroblob(" + (1 + random.nextInt(18 << 20)) + "))",
                            TestDatabase.fill("t", "x", "randomblob(400)", rows));
                case CHANGE_SCHEMA ->
                    TestDatabase.run(
                            database,
                            "CREATE TABLE IF NOT EXISTS u (y UNIQUE)",
                            "INSERT INTO u VALUES (" + random.nextInt() + ")",
                            random.nextBoolean() ? "DROP TABLE u" : "CREATE INDEX IF NOT EXISTS tx ON t (x)");
                case VACUUM -> TestDatabase.run(database, "VACUUM");
                case CHANGE_PAGE_SIZE ->
                    TestDatabase.run(database, "PRAGMA page_size = " + (512 << random.nextInt(8)), "VACUUM");
                case TAKE -> take(manager(), TakeRequest.incremental());
                case TAKE_UNCHANGED -> {
                    take(manager(), TakeRequest.incremental());
                    SnapshotInfo same = take(manager(), TakeRequest.incremental());
                    assertThat(same.storedBytes()).as("%s", done).isZero();
                }
                case TAKE_COMPACTED -> take(manager(Compaction.ALWAYS), TakeRequest.incremental());
                case TAKE_FULL ->
                    assertThat(take(manager(), TakeRequest.full()).referencedBytes())
                            .isZero();
                case TAKE_DURING_A_TAKE ->
                    takeDuring(() -> {
                        update();
                        take(manager(), TakeRequest.incremental());
                    });
                case PRUNE_DURING_A_TAKE ->
                    takeDuring(() -> {
                        prune();
                        now = now.plus(Duration.ofHours(random.nextInt(30)));
                        prune();
                    });
                case PRUNE -> prune();
                case SWEEP -> {
                    prune();
                    now = now.plus(Duration.ofHours(25));
                    prune();
                }
                case DAMAGE_PACK -> damage();
                case DELETE_PACK ->
                    randomPack().ifPresent(pack -> {
                        store.delete(pack.name());
                        broken.add(pack.name());
                    });
                case RETIRE -> retire();
                case COPY_AND_GO_ON_THERE -> copy();
            }
        }

        private void update() throws Exception {
            int modulus = 2 + random.nextInt(60);
            TestDatabase.run(
                    database,
                    "UPDATE t SET x = randomblob(400) WHERE id % " + modulus + " = " + random.nextInt(modulus));
        }

        private SnapshotInfo take(SnapshotManager manager, TakeRequest request) throws Exception {
            now = now.plus(Duration.ofSeconds(1));
            SnapshotInfo taken = manager.take(request);
            dumps.put(taken.id(), TestDatabase.dump(database));
            return taken;
        }

        /** Runs an action before a random call of a take to the store. The take may fail if it lasts too long. */
        private void takeDuring(Action action) throws Exception {
            Map<String, List<String>> before = TestDatabase.dump(database);
            int call = random.nextInt(14);
            HookedStore hooked = new HookedStore(store, (number, what, name) -> {
                if (number == call) {
                    try {
                        action.run();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }
            });
            try {
                SnapshotInfo taken = TestKeys.with(keys, SnapshotManager.builder("orders", database, hooked))
                        .compaction(Compaction.NEVER)
                        .clock(() -> now)
                        .parallelism(1)
                        .build()
                        .take();
                Path copy = restore(taken.id());
                dumps.put(taken.id(), TestDatabase.dump(copy));
                assertThat(dumps.get(taken.id())).as("%s", done).isIn(before, TestDatabase.dump(database));
            } catch (SnapshotConfigurationException e) {
                assertThat(e).hasMessageContaining("grace");
            }
        }

        private void prune() {
            repository().prune(PruneRequest.retain(RetentionPolicy.keepLast(1 + random.nextInt(3))));
        }

        private void retire() {
            List<SnapshotInfo> listed = repository().list().snapshots();
            if (listed.isEmpty()) {
                return;
            }
            SnapshotId chosen = listed.get(random.nextInt(listed.size())).id();
            try {
                repository().prune(PruneRequest.retire(chosen));
            } catch (SnapshotConfigurationException e) {
                assertThat(e).hasMessageContaining("cannot be retired");
            }
        }

        /** Copies snapshots to the other store, which is used from then on. It rejects only what needs damaged or old packs. */
        private void copy() throws Exception {
            CopyReport report =
                    repository().copyTo(other, random.nextBoolean() ? CopyRequest.all() : CopyRequest.latest(1));
            for (SnapshotId id : report.problems().keySet()) {
                Set<String> needed = packs(id);
                needed.retainAll(broken);
                if (needed.isEmpty()) {
                    assertThat(report.problems().get(id)).as("%s", done).hasMessageContaining("target");
                }
            }
            InMemorySnapshotStore from = store;
            store = other;
            other = from;
            Set<String> brokenHere = broken;
            broken = otherBroken;
            otherBroken = brokenHere;
        }

        private Optional<ObjectInfo> randomPack() {
            List<ObjectInfo> packs = store.list("orders/packs/");
            return packs.isEmpty() ? Optional.empty() : Optional.of(packs.get(random.nextInt(packs.size())));
        }

        /** Damages a pack, and verifies a snapshot that needs it. The verification names all of them. */
        private void damage() throws Exception {
            ObjectInfo pack = randomPack().orElse(null);
            if (pack == null) {
                return;
            }
            byte[] bytes = bytes(pack.name());
            bytes[random.nextInt(bytes.length)] ^= 4;
            store.damage(pack.name(), bytes);
            broken.add(pack.name());
            Set<SnapshotId> expected = new TreeSet<>();
            for (SnapshotInfo listed : repository().list().snapshots()) {
                if (packs(listed.id()).contains(pack.name())) {
                    expected.add(listed.id());
                }
            }
            for (SnapshotId id : expected) {
                VerifyReport report = repository().verify(id, VerifyDepth.STORED_BYTES);
                if (!isIncomplete(id)) {
                    assertThat(report.affected()).as("%s", done).containsAll(expected);
                }
            }
        }

        private boolean isIncomplete(SnapshotId id) throws Exception {
            Set<String> there = new HashSet<>();
            store.list("orders/packs/").forEach(pack -> there.add(pack.name()));
            return !there.containsAll(packs(id));
        }

        private void check() throws Exception {
            for (SnapshotInfo listed : repository().list().snapshots()) {
                Set<String> packs = packs(listed.id());
                if (packs.stream().anyMatch(broken::contains)) {
                    continue;
                }
                assertThat(repository()
                                .verify(listed.id(), VerifyDepth.STORED_BYTES)
                                .problem())
                        .as("%s of %s after %s", listed.id(), dumps.size(), done)
                        .isEmpty();
                assertThat(TestDatabase.dump(restore(listed.id())))
                        .as("%s after %s", listed.id(), done)
                        .isEqualTo(dumps.get(listed.id()));
                checkBounds(listed);
            }
        }

        private Path restore(SnapshotId id) {
            Path copy = directory.resolve("copy-" + files++ + ".db");
            repository().restore(RestoreRequest.of(id), copy);
            return copy;
        }

        private void checkBounds(SnapshotInfo listed) throws Exception {
            Manifest manifest = manifest(listed.id());
            Map<Integer, Long> used = new HashMap<>();
            long layers = 0;
            for (var leaf : manifest.leaves()) {
                layers += leaf.layers().size();
                for (LayerEntry layer : leaf.layers()) {
                    used.merge(layer.pack(), (long) layer.used(), Long::sum);
                }
            }
            double usedBytes = 0;
            long bytes = 0;
            for (int pack = 0; pack < manifest.packs().size(); pack++) {
                PackEntry entry = manifest.packs().get(pack);
                bytes += entry.size();
                usedBytes += (double) entry.size() * used.getOrDefault(pack, 0L) / entry.pages();
            }
            assertThat(bytes).isEqualTo(listed.storedBytes() + listed.referencedBytes());
            assertThat(bytes / usedBytes).as("%s", done).isLessThanOrEqualTo(1.5001);
            assertThat(layers)
                    .as("%s", done)
                    .isLessThanOrEqualTo(16L * manifest.leaves().size());
        }

        private Set<String> packs(SnapshotId id) throws Exception {
            Set<String> packs = new HashSet<>();
            manifest(id).packs().forEach(pack -> packs.add("orders/packs/" + pack.name()));
            return packs;
        }

        private Manifest manifest(SnapshotId id) throws Exception {
            return ManifestCodec.decode(bytes("orders/manifests/" + id), keys == null ? null : keys.ring);
        }

        private byte[] bytes(String name) throws IOException {
            try (InputStream in = store.open(name)) {
                return in.readAllBytes();
            }
        }
    }

    private interface Action {
        void run() throws Exception;
    }
}
