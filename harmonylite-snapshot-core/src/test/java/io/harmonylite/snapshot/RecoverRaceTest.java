package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.harmonylite.snapshot.Replica.Kind;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.recovery.RecoveryReport;
import io.harmonylite.snapshot.recovery.StreamGapException;
import io.harmonylite.snapshot.testing.HookedStore;
import io.harmonylite.snapshot.testing.HookedStore.Hook;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.harmonylite.snapshot.testing.InMemoryStreams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node recovers or restores the latest snapshot while its peer takes newer snapshots and older ones are pruned. */
class RecoverRaceTest {

    private static final String STREAM = "changes";
    private static final int PUBLISHED = 40;
    private static final int DROPPED = 10;
    private static final String FIRST_READ = "stat orders/manifests/";

    @TempDir
    Path directory;

    private final InMemoryStreams streams = InMemoryStreams.unlimited(STREAM);
    private final List<Replica> replicas = new ArrayList<>();
    private InMemorySnapshotStore store = new InMemorySnapshotStore();
    private Replica peer;

    @BeforeEach
    void takeASnapshotThatCovers() throws Exception {
        streams.publish(STREAM, PUBLISHED);
        peer = node("peer", (number, call, name) -> {});
        peer.manager().recover();
        peer.createTables();
        peer.apply(STREAM, 20);
        peer.manager().take();
        streams.dropBefore(STREAM, DROPPED + 1);
    }

    @AfterEach
    void closeMaps() {
        replicas.forEach(Replica::close);
    }

    private Replica node(String name, Hook hook) throws IOException {
        return node(name, new HookedStore(store, hook));
    }

    private Replica node(String name, HookedStore hooked) throws IOException {
        Path home = Files.createDirectory(directory.resolve(name));
        Replica replica = new Replica(home, Kind.FILE, hooked, streams);
        replicas.add(replica);
        return replica;
    }

    private SnapshotRepository repository() {
        return SnapshotRepository.of("orders", store);
    }

    /** Takes a snapshot at the peer and retires all others. */
    private SnapshotId replaceAll() {
        SnapshotId newer = SnapshotManager.builder("orders", peer.database, store)
                .sequenceMap(peer.map())
                .streams(streams)
                .build()
                .take()
                .id();
        for (SnapshotInfo listed : repository().list().snapshots()) {
            if (!listed.id().equals(newer)) {
                retire(listed.id());
            }
        }
        return newer;
    }

    private void retire(SnapshotId id) {
        assertThat(repository().prune(PruneRequest.retire(id)).retired()).contains(id);
    }

    /** Replaces all snapshots and removes the retired ones without a grace period. */
    private SnapshotId replaceAndRemoveAll() {
        SnapshotId newer = replaceAll();
        repository().prune(PruneRequest.retain(RetentionPolicy.keepLast(1)).gracePeriod(Duration.ZERO));
        return newer;
    }

    private static void assertHasAllOnce(Replica replica) throws Exception {
        replica.catchUp();
        assertThat(replica.rows(STREAM))
                .isEqualTo(LongStream.rangeClosed(1, PUBLISHED)
                        .mapToObj(Long::toString)
                        .toList());
    }

    private static Hook once(String wanted, Runnable action) {
        boolean[] isDone = new boolean[1];
        return (number, call, name) -> {
            if (!isDone[0] && (call + " " + name).startsWith(wanted)) {
                isDone[0] = true;
                action.run();
            }
        };
    }

    private static Hook at(int wanted, Runnable action) {
        return (number, call, name) -> {
            if (number == wanted) {
                action.run();
            }
        };
    }

    private static Map<String, Long> files(Path home) throws IOException {
        Map<String, Long> files = new HashMap<>();
        try (Stream<Path> all = Files.list(home)) {
            for (Path file : all.toList()) {
                files.put(file.getFileName().toString(), Files.size(file));
            }
        }
        return files;
    }

    @Test
    void recover_selectedSnapshotRetiredBeforeRead_restoresItsReplacement() throws Exception {
        SnapshotId[] newer = new SnapshotId[1];
        Replica node = node("node", once(FIRST_READ, () -> newer[0] = replaceAll()));
        RecoveryReport report = node.manager().recover();
        assertThat(report.restored().map(restored -> restored.snapshot().id())).isEqualTo(Optional.of(newer[0]));
        assertThat(report.passedOver()).isEmpty();
        assertHasAllOnce(node);
    }

    @Test
    void recover_selectedSnapshotReplacedAtAnyCall_succeeds() throws Exception {
        for (int call = 0, calls = 1; call < calls; call++) {
            HookedStore hooked = new HookedStore(store, at(call, this::replaceAll));
            Replica node = node("node-" + call, hooked);
            node.manager().recover();
            calls = hooked.log().size();
            assertHasAllOnce(node);
        }
    }

    @Test
    void recover_selectedSnapshotReplacedAndRemovedAtAnyCall_succeeds() throws Exception {
        for (int call = 0, calls = 1; call < calls; call++) {
            HookedStore hooked = new HookedStore(store, at(call, this::replaceAndRemoveAll));
            Replica node = node("node-" + call, hooked);
            node.manager().recover();
            calls = hooked.log().size();
            assertHasAllOnce(node);
        }
    }

    @Test
    void recover_everySelectedSnapshotRetired_stopsAndChangesNothing() throws Exception {
        List<SnapshotId> replaced = new ArrayList<>();
        boolean[] isPruning = {true};
        Replica node = node("node", (number, call, name) -> {
            if (isPruning[0] && (call + " " + name).startsWith(FIRST_READ)) {
                replaced.add(replaceAll());
            }
        });
        Map<String, Long> before = files(node.database.getParent());
        SnapshotNotFoundException thrown = catchThrowableOfType(
                SnapshotNotFoundException.class, () -> node.manager().recover());
        assertThat(thrown)
                .hasMessageContaining("nothing was changed")
                .hasMessageContaining("recover again")
                .hasMessageContaining(node.database.toString());
        assertThat(replaced).hasSize(4);
        assertThat(thrown.snapshot()).contains(replaced.get(2)); // The last snapshot replaced the selected one.
        assertThat(files(node.database.getParent())).isEqualTo(before);
        assertThat(node.positions()).isEqualTo(Positions.none());
        isPruning[0] = false;
        node.manager().recover();
        assertHasAllOnce(node);
    }

    @Test
    void recover_selectedSnapshotRetiredAndNoOtherCovers_reportsTheGap() throws Exception {
        SnapshotId covering = repository().latest().orElseThrow().id();
        Replica node = node("node", once(FIRST_READ, () -> {
            SnapshotManager.builder("orders", peer.database, store)
                    .build()
                    .take(); // Has no positions, so it covers no stream.
            retire(covering);
        }));
        assertThat(catchThrowableOfType(
                        StreamGapException.class, () -> node.manager().recover()))
                .isNotNull();
        assertThat(node.database).doesNotExist();
    }

    @Test
    void restore_latestReplacedAndRemovedAtAnyCall_succeeds() throws Exception {
        for (int call = 0, calls = 1; call < calls; call++) {
            HookedStore hooked = new HookedStore(store, at(call, this::replaceAndRemoveAll));
            Path target = directory.resolve("latest-" + call + ".db");
            SnapshotRepository.of("orders", hooked).restore(RestoreRequest.latest(), target);
            calls = hooked.log().size();
            assertThat(TestDatabase.value(target, "SELECT count(*) FROM applied"))
                    .isEqualTo("20");
        }
    }

    /** A snapshot that the host named by its id is not replaced by another. */
    @Test
    void restore_namedSnapshotRetiredBeforeRead_isReported() throws Exception {
        SnapshotId named = repository().latest().orElseThrow().id();
        HookedStore hooked = new HookedStore(store, once(FIRST_READ, this::replaceAll));
        Path target = directory.resolve("named.db");
        assertThat(catchThrowableOfType(
                        SnapshotNotFoundException.class,
                        () -> SnapshotRepository.of("orders", hooked).restore(RestoreRequest.of(named), target)))
                .hasMessageContaining("is retired; choose another");
        assertThat(target).doesNotExist();
    }
}
