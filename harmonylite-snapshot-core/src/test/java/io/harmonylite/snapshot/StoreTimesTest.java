package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.health.HealthCause;
import io.harmonylite.snapshot.health.HealthPolicy;
import io.harmonylite.snapshot.health.HealthReason;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.StoreAccessException;
import io.harmonylite.snapshot.testing.HookedStore;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores whose times are not those of the takes. Snapshot n contains n rows. */
class StoreTimesTest {

    private static final PruneRequest KEEP_ONE = PruneRequest.retain(RetentionPolicy.keepLast(1));

    @TempDir
    Path directory;

    private Instant now = Instant.parse("2026-11-24T00:00:00Z");
    private Instant put = now;
    private InMemorySnapshotStore store = new InMemorySnapshotStore(() -> now);
    private Path database;

    @BeforeEach
    void createDatabase() throws Exception {
        database = directory.resolve("orders.db");
        TestDatabase.run(database, "CREATE TABLE t (x)");
    }

    private SnapshotId take() throws Exception {
        TestDatabase.run(database, "INSERT INTO t VALUES (1)");
        try (SnapshotManager manager = SnapshotManager.builder("orders", database, store)
                .clock(() -> now)
                .build()) {
            return manager.take().id();
        }
    }

    private List<SnapshotId> takes(int count, Duration every) throws Exception {
        List<SnapshotId> taken = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            taken.add(take());
            now = now.plus(every);
        }
        return taken;
    }

    private SnapshotRepository repository() {
        return SnapshotRepository.builder("orders", store).clock(() -> now).build();
    }

    private void assertLatestHasRows(int rows) throws Exception {
        Path restored = directory.resolve("restored-" + System.nanoTime() + ".db");
        repository().restore(RestoreRequest.latest(), restored);
        assertThat(TestDatabase.value(restored, "SELECT count(*) FROM t")).isEqualTo(Integer.toString(rows));
    }

    /** Copies objects to another store, whose time is {@code put} then, one second apart, last names first. */
    private void copy(Instant time, Predicate<String> hasNewTime) throws Exception {
        put = time;
        Instant[] at = {time};
        InMemorySnapshotStore copy = new InMemorySnapshotStore(() -> at[0]);
        List<ObjectInfo> objects = new ArrayList<>(store.list(""));
        Collections.reverse(objects);
        for (ObjectInfo object : objects) {
            put = put.plusSeconds(1);
            at[0] = hasNewTime.test(object.name()) ? put : object.lastModified();
            try (InputStream in = store.open(object.name())) {
                copy.putIfAbsent(object.name(), ObjectSource.of(in.readAllBytes()));
            }
        }
        store = new InMemorySnapshotStore(() -> now);
        Instant present = now;
        for (ObjectInfo object : copy.list("")) {
            now = object.lastModified();
            try (InputStream in = copy.open(object.name())) {
                store.putIfAbsent(object.name(), ObjectSource.of(in.readAllBytes()));
            }
        }
        now = present;
    }

    @Test
    void copiedAtOnceInReverseOrder_restoreAndPruneUseTheNewest() throws Exception {
        List<SnapshotId> taken = takes(4, Duration.ofSeconds(1));
        now = now.plus(Duration.ofMinutes(1));
        copy(now.minusSeconds(30), name -> true);
        assertThat(repository().list().doubts()).isEmpty();
        assertLatestHasRows(4);
        assertThat(repository().prune(KEEP_ONE).retired()).isEqualTo(taken.subList(0, 3));
    }

    /** A copied bucket never keeps its times. */
    @Test
    void copiedDaysLater_allSnapshotsCountAndAgeRulesKeepThem() throws Exception {
        List<SnapshotId> taken = takes(4, Duration.ofDays(1));
        now = now.plus(Duration.ofDays(30));
        copy(now.minusSeconds(3600), name -> true);
        now = now.plus(Duration.ofDays(60));
        assertThat(repository().list().snapshots()).hasSize(4);
        assertThat(repository().list().doubts()).containsOnlyKeys(taken);
        assertLatestHasRows(4);
        PruneReport report = repository().prune(PruneRequest.retain(RetentionPolicy.keepDaily(2)));
        assertThat(report.retired()).isEmpty();
        assertThat(report.doubts()).containsOnlyKeys(taken);
        assertThat(repository().prune(KEEP_ONE).retired()).isEqualTo(taken.subList(0, 3));
    }

    @Test
    void timesInTheFuture_snapshotsCountAndTheNextOneIsTheLatest() throws Exception {
        for (String part : List.of("", "manifests")) {
            store = new InMemorySnapshotStore(() -> now);
            TestDatabase.run(database, "DELETE FROM t");
            List<SnapshotId> taken = takes(4, Duration.ofDays(1));
            copy(Instant.parse("2031-01-01T00:00:00Z"), name -> name.contains(part));
            assertLatestHasRows(4);
            assertThat(repository()
                            .prune(PruneRequest.retain(RetentionPolicy.keepYoungerThan(Duration.ofHours(1))))
                            .retired())
                    .isEmpty();
            SnapshotId last = take();
            assertLatestHasRows(5);
            assertThat(repository().list().doubts()).containsOnlyKeys(taken);
            assertThat(repository().health(HealthPolicy.defaults()).reasons())
                    .extracting(HealthReason::cause)
                    .contains(HealthCause.TIME_DOUBTFUL)
                    .doesNotContain(HealthCause.SNAPSHOT_OLD);
            assertThat(repository().prune(KEEP_ONE).retired()).isEqualTo(taken);
            assertThat(repository().latest().orElseThrow().id()).isEqualTo(last);
        }
    }

    @Test
    void generation_retiredSnapshotIsTheHighest_isCounted() throws Exception {
        List<SnapshotId> taken = takes(3, Duration.ofSeconds(1));
        store.putIfAbsent("orders/retired/" + taken.get(2), ObjectSource.of(new byte[0]));
        take();
        assertThat(repository().latest().orElseThrow().generation()).isEqualTo(4);
    }

    @Test
    void take_unreadableManifest_doesNotStopIt() throws Exception {
        List<SnapshotId> taken = takes(2, Duration.ofSeconds(1));
        store.damage("orders/manifests/" + taken.get(1), new byte[100]);
        take();
        assertThat(repository().latest().orElseThrow().generation()).isEqualTo(2);
    }

    @Test
    void lateSnapshot_isNeverTheLatestNorProvenNorRestored() throws Exception {
        SnapshotId one = take();
        SnapshotId late = takeLate();
        assertThat(repository().drill(late).isSound()).isTrue();
        now = now.plus(Duration.ofDays(100));
        assertThat(repository().latest().orElseThrow().id()).isEqualTo(one);
        assertThat(repository().proofs()).isEmpty();
        assertLatestHasRows(1);
        assertThat(repository().health(HealthPolicy.defaults()).toString()).contains(late.toString());
    }

    /** Stores a manifest 13 hours after the listing, by a taker that is killed then. */
    private SnapshotId takeLate() throws Exception {
        TestDatabase.run(database, "INSERT INTO t VALUES (1)");
        HookedStore killed = new HookedStore(store, (number, call, name) -> {
            if (call.equals("put") && name.startsWith("orders/manifests/")) {
                now = now.plus(Duration.ofHours(13));
            }
            if (call.equals("put") && name.startsWith("orders/retired/")) {
                throw new StoreAccessException("planned");
            }
        });
        try (SnapshotManager manager = SnapshotManager.builder("orders", database, killed)
                .clock(() -> now)
                .build()) {
            manager.take();
        } catch (SnapshotException e) {
            assertThat(e).hasMessageContaining("retire it by its id");
        }
        return repository().list().doubts().lastKey();
    }

    /** The packs of the base seem to be as late as the manifest, as in a copied store. */
    @Test
    void lateSnapshot_packsOfItsBaseAreInTheFuture_doesNotCount() throws Exception {
        TestDatabase.run(database, TestDatabase.fill("t", "x", "randomblob(400)", 99));
        SnapshotId one = take();
        copy(Instant.parse("2031-01-01T00:00:00Z"), name -> name.contains("packs"));
        SnapshotId late = takeLate();
        assertThat(repository().list().doubts().get(late)).contains("does not count");
        assertThat(repository().latest().orElseThrow().id()).isEqualTo(one);
        assertThat(repository().prune(KEEP_ONE).retired()).isEmpty();
    }

    /** The take lasts 10 hours with a grace period of 24 hours; a prune uses 6 hours. */
    @Test
    void prune_shorterGracePeriodThanTheTaker_keepsItsPacks() throws Exception {
        take();
        TestDatabase.run(database, "INSERT INTO t VALUES (1)");
        HookedStore slow = new HookedStore(store, (number, call, name) -> {
            if (call.equals("put") && name.startsWith("orders/manifests/")) {
                now = now.plus(Duration.ofHours(10));
                assertThat(repository()
                                .prune(KEEP_ONE.gracePeriod(Duration.ofHours(6)))
                                .orphans())
                        .isZero();
            }
        });
        try (SnapshotManager manager = SnapshotManager.builder("orders", database, slow)
                .clock(() -> now)
                .build()) {
            SnapshotId taken = manager.take().id();
            assertThat(repository().verify(taken, VerifyDepth.STORED_BYTES).isSound())
                    .isTrue();
        }
    }
}
