package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.store.StoreAccessException;
import io.harmonylite.snapshot.testing.HookedStore;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A drill proves that a snapshot can be restored; its proof is kept as long as the snapshot is listed. */
class DrillTest {

    private static final PruneRequest KEEP_ONE = PruneRequest.retain(RetentionPolicy.keepLast(1));

    @TempDir
    Path directory;

    private Instant now = Instant.parse("2026-11-24T00:00:00Z");
    private final InMemorySnapshotStore store = new InMemorySnapshotStore(() -> now);
    private Path database;

    @BeforeEach
    void createDatabase() throws Exception {
        database = directory.resolve("orders.db");
        TestDatabase.run(database, "CREATE TABLE t (x)", TestDatabase.fill("t", "x", "randomblob(100)", 50));
    }

    private SnapshotManager manager(SnapshotStore used) {
        return SnapshotManager.builder("orders", database, used)
                .clock(() -> now.plusSeconds(3600))
                .build();
    }

    private SnapshotManager manager() {
        return manager(store);
    }

    private SnapshotRepository repository() {
        return SnapshotRepository.of("orders", store);
    }

    private SnapshotId take(long position) {
        pass(Duration.ofMinutes(1));
        return manager()
                .take(Positions.of("changes", StreamPosition.at(position)))
                .id();
    }

    private void pass(Duration duration) {
        now = now.plus(duration);
    }

    private List<String> names(String folder) {
        return store.list("orders/" + folder).stream().map(ObjectInfo::name).toList();
    }

    private void damagePackOf(SnapshotId id) throws IOException {
        store.damage("orders/packs/" + id + "-000000", new byte[9]);
    }

    @Test
    void drill_soundLatest_storesAProofForAllNodes() throws Exception {
        take(1);
        SnapshotId newest = take(2);
        pass(Duration.ofHours(1));
        VerifyReport report = manager().drill();
        assertThat(report.isSound()).isTrue();
        assertThat(report.id()).isEqualTo(newest);
        assertThat(report.depth()).isEqualTo(VerifyDepth.REBUILD);
        SnapshotProof proof = repository().lastProof().orElseThrow();
        assertThat(proof.snapshot()).isEqualTo(newest);
        assertThat(proof.storedAt()).isEqualTo(now);
        assertThat(proof.provenAt()).isEqualTo(now.plusSeconds(3600));
        assertThat(proof.elapsed()).isEqualTo(Duration.ofMillis(report.elapsed().toMillis()));
        assertThat(names("proofs/")).containsExactly("orders/proofs/" + newest + "-20261124T020200000Z");
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).containsExactly(database);
        }
    }

    @Test
    void drill_byId_provesThatSnapshot() {
        SnapshotId one = take(1);
        take(2);
        assertThat(repository().drill(one).isSound()).isTrue();
        assertThat(repository().lastProof().map(SnapshotProof::snapshot)).contains(one);
    }

    @Test
    void drill_damagedSnapshot_reportsItAndStoresNoProof() throws Exception {
        SnapshotId id = take(1);
        damagePackOf(id);
        VerifyReport report = manager().drill();
        assertThat(report.problem().orElseThrow()).isInstanceOf(CorruptSnapshotException.class);
        assertThat(names("proofs/")).isEmpty();
        assertThat(repository().lastProof()).isEmpty();
    }

    @Test
    void drill_noSnapshot_reportsNotFound() {
        assertThatThrownBy(() -> manager().drill()).isInstanceOf(SnapshotNotFoundException.class);
    }

    @Test
    void drill_storeFailsToWriteTheProof_failsAndProvesNothing() {
        take(1);
        HookedStore failing = new HookedStore(store, (number, call, name) -> {
            if (call.equals("put") && name.startsWith("orders/proofs/")) {
                throw new StoreAccessException("planned");
            }
        });
        assertThatThrownBy(() -> manager(failing).drill())
                .isInstanceOf(SnapshotConfigurationException.class)
                .satisfies(e -> assertThat(((SnapshotException) e).stage()).contains(Stage.RECORD));
        assertThat(names("proofs/")).isEmpty();
    }

    @Test
    void drill_twiceInOneMillisecond_storesOneProof() {
        take(1);
        manager().drill();
        assertThat(manager().drill().isSound()).isTrue();
        assertThat(repository().proofs()).hasSize(1);
    }

    @Test
    void proofs_foreignOrDamagedObjects_areIgnored() throws Exception {
        SnapshotId id = take(1);
        manager().drill();
        for (String name : List.of("x", id.toString(), id + "-20261124T020200001Z", id + "-later")) {
            store.putIfAbsent("orders/proofs/" + name, ObjectSource.of(new byte[7]));
        }
        store.putIfAbsent("orders/proofs/" + id + "-20261124T020200002Z", ObjectSource.of(new byte[2_000]));
        assertThat(repository().proofs()).hasSize(1);
    }

    @Test
    void proofs_severalSnapshots_areNewestFirstWithoutRetiredOnes() {
        SnapshotId one = take(1);
        SnapshotId two = take(2);
        repository().drill(two);
        pass(Duration.ofMinutes(1));
        repository().drill(one);
        assertThat(repository().proofs().stream().map(SnapshotProof::snapshot)).containsExactly(one, two);
        repository().prune(PruneRequest.retire(one));
        assertThat(repository().proofs().stream().map(SnapshotProof::snapshot)).containsExactly(two);
    }

    @Test
    void prune_latestTwoProven_areKeptBeyondRetention() throws Exception {
        SnapshotId one = take(1);
        repository().drill(one);
        SnapshotId two = take(2);
        repository().drill(two);
        SnapshotId three = take(3);
        repository().drill(three);
        take(4);
        SnapshotId five = take(5);
        repository().prune(KEEP_ONE);
        assertThat(repository().list().snapshots().stream().map(SnapshotInfo::id))
                .containsExactly(two, three, five);
        pass(Duration.ofHours(25));
        repository().prune(KEEP_ONE);
        assertThat(names("proofs/")).hasSize(2).noneMatch(name -> name.contains(one.toString()));
        for (SnapshotId id : List.of(two, three)) {
            assertThat(repository().verify(id, VerifyDepth.REBUILD).isSound()).isTrue();
        }
    }

    @Test
    void prune_provenSnapshotById_isRetiredWithItsProofs() {
        SnapshotId one = take(1);
        repository().drill(one);
        take(2);
        repository().prune(PruneRequest.retire(one));
        assertThat(names("proofs/")).hasSize(1);
        pass(Duration.ofHours(24));
        repository().prune(KEEP_ONE);
        assertThat(names("proofs/")).isEmpty();
        assertThat(names("retired/")).isEmpty();
    }

    @Test
    void prune_provenOften_keepsTheNewestProof() {
        SnapshotId one = take(1);
        for (int time = 0; time < 5; time++) {
            pass(Duration.ofHours(1));
            repository().drill(one);
        }
        assertThat(names("proofs/")).hasSize(5);
        repository().prune(KEEP_ONE);
        assertThat(names("proofs/")).hasSize(1);
        assertThat(repository().lastProof().orElseThrow().storedAt()).isEqualTo(now);
    }

    private SnapshotId takeProven(long position) {
        SnapshotId id = take(position);
        pass(Duration.ofMinutes(1));
        repository().drill(id);
        return id;
    }

    private void damage(String marker) throws IOException {
        store.damage(marker, new byte[] {1, 2, 3});
    }

    private List<SnapshotId> proven() {
        return repository().proofs().stream().map(SnapshotProof::snapshot).toList();
    }

    @Test
    void prune_markerOfTheNewestIsDamaged_keepsTheTwoThatATrimReliesOn() throws Exception {
        SnapshotId one = takeProven(1);
        SnapshotId two = takeProven(2);
        SnapshotId three = takeProven(3);
        damage(names("proofs/").stream()
                .filter(name -> name.contains(three.toString()))
                .findFirst()
                .orElseThrow());
        assertThat(repository().prune(KEEP_ONE).retired()).isEmpty();
        assertThat(proven()).containsExactly(two, one);
        repository().drill(three);
        assertThat(repository().prune(KEEP_ONE).retired()).containsExactly(one);
        assertThat(proven()).containsExactly(three, two);
    }

    @Test
    void prune_newestMarkerOfASnapshotIsDamaged_keepsItsLastReadableOne() throws Exception {
        SnapshotId one = takeProven(1);
        pass(Duration.ofMinutes(1));
        repository().drill(one);
        List<String> markers = names("proofs/");
        damage(markers.get(1));
        repository().prune(KEEP_ONE);
        assertThat(names("proofs/")).isEqualTo(markers);
        assertThat(proven()).containsExactly(one);
        pass(Duration.ofMinutes(1));
        repository().drill(one);
        repository().prune(KEEP_ONE);
        assertThat(names("proofs/")).hasSize(1).doesNotContainAnyElementsOf(markers);
    }
}
