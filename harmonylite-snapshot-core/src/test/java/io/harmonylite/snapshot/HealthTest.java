package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.Replica.Kind;
import io.harmonylite.snapshot.exception.CorruptSequenceMapException;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.health.FeedStatus;
import io.harmonylite.snapshot.health.HealthCause;
import io.harmonylite.snapshot.health.HealthPolicy;
import io.harmonylite.snapshot.health.HealthReason;
import io.harmonylite.snapshot.health.HealthState;
import io.harmonylite.snapshot.health.SnapshotHealth;
import io.harmonylite.snapshot.store.StoreAccessException;
import io.harmonylite.snapshot.stream.StreamRetention;
import io.harmonylite.snapshot.testing.HookedStore;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.harmonylite.snapshot.testing.InMemoryStreams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks the health of a node that has applied all ten messages of a stream that keeps a hundred. */
class HealthTest {

    @TempDir
    Path directory;

    private Instant now = Instant.parse("2026-11-24T00:00:00Z");
    private final InMemorySnapshotStore store = new InMemorySnapshotStore(() -> now);
    private final InMemoryStreams streams = new InMemoryStreams("a");
    private Replica node;

    @BeforeEach
    void createNode() throws Exception {
        streams.create("a", StreamRetention.ofMessages(100));
        node = new Replica(Files.createDirectory(directory.resolve("node")), Kind.FILE, store, streams);
        node.createTables();
        node.manager().recover();
        streams.publish("a", 10);
        node.catchUp();
    }

    @AfterEach
    void closeNode() {
        node.close();
    }

    private SnapshotManager.Builder builder() {
        return node.builder().clock(() -> now);
    }

    private static void assertHealth(SnapshotHealth health, HealthState state, HealthCause... causes) {
        assertThat(health.reasons())
                .extracting(HealthReason::cause)
                .as("%s", health)
                .containsExactly(causes);
        assertThat(health.state()).isEqualTo(state);
    }

    @Test
    void health_takenAndProven_isOkAndContainsTheFacts() {
        SnapshotManager manager = builder().build();
        assertHealth(manager.health(), HealthState.FAILING, HealthCause.NO_SNAPSHOT);
        SnapshotInfo taken = manager.take();
        assertHealth(manager.health(), HealthState.OK);
        manager.drill();
        now = now.plusSeconds(3_600);
        SnapshotHealth health = manager.health();
        assertHealth(health, HealthState.OK);
        assertThat(health.newestAge()).contains(Duration.ofHours(1));
        assertThat(health.proofAge()).contains(Duration.ofHours(1));
        assertThat(health.facts().newest()).contains(taken);
        assertThat(health.facts().snapshots()).isEqualTo(1);
        assertThat(health.facts().bytesStored()).isEqualTo(taken.storedBytes());
        assertThat(health.facts().streams().get(0).headroom().share()).isEqualTo(1);
        now = now.plus(Duration.ofDays(8));
        assertHealth(manager.health(), HealthState.STALE, HealthCause.SNAPSHOT_OLD, HealthCause.PROOF_OLD);
    }

    @Test
    void health_streamAdvances_reportsLagAndHeadroom() {
        SnapshotManager manager =
                builder().healthPolicy(HealthPolicy.defaults().maxLag(79)).build();
        manager.take();
        manager.drill();
        streams.publish("a", 80);
        SnapshotHealth health = manager.health();
        assertHealth(health, HealthState.STALE, HealthCause.HEADROOM_LOW, HealthCause.LAGGING);
        assertThat(health.facts().streams().get(0).lag()).isEqualTo(80);
        assertThat(health.facts().streams().get(0).headroom().share()).isEqualTo(0.2);
        assertThat(health.facts().streams().get(0).last()).isEqualTo(90);
    }

    @Test
    void health_messagesDropped_isAGap() {
        SnapshotManager manager = builder().build();
        manager.take();
        manager.drill();
        streams.publish("a", 200);
        assertHealth(
                manager.health(),
                HealthState.GAP,
                HealthCause.RECOVERY_NEEDED,
                HealthCause.NOT_COVERED,
                HealthCause.HEADROOM_LOW);
    }

    @Test
    void health_databaseMissing_isAGapUntilRecovered() throws Exception {
        SnapshotManager manager = builder().build();
        manager.take();
        manager.drill();
        Files.delete(node.database);
        assertHealth(manager.health(), HealthState.GAP, HealthCause.RECOVERY_NEEDED);
        manager.recover();
        assertHealth(manager.health(), HealthState.OK);
    }

    @Test
    void health_duringARestore_isRestoring() {
        AtomicReference<SnapshotHealth> during = new AtomicReference<>();
        AtomicReference<SnapshotManager> subject = new AtomicReference<>();
        Recorder recorder = new Recorder()
                .onStart(Stage.STAGE, () -> during.set(subject.get().health()));
        SnapshotManager manager = builder().listener(recorder).build();
        subject.set(manager);
        manager.take();
        manager.drill();
        manager.restore(RestoreRequest.latest());
        assertHealth(during.get(), HealthState.RESTORING, HealthCause.RESTORING);
        assertHealth(manager.health(), HealthState.OK);
    }

    @Test
    void health_storeUnreachable_isReportedAsAReason() {
        HookedStore forbidden = new HookedStore(store, (number, call, name) -> {
            throw new StoreAccessException("planned");
        });
        SnapshotManager manager = SnapshotManager.builder("orders", node.database, forbidden)
                .sequenceMap(node.map())
                .streams(streams)
                .build();
        SnapshotHealth health = manager.health();
        assertHealth(health, HealthState.FAILING, HealthCause.STORE_UNREACHABLE);
        assertThat(health.toString()).contains("planned");
        assertThat(health.facts().streams()).hasSize(1);
    }

    @Test
    void health_streamUnreachableOrMissing_isReportedAsAReason() {
        SnapshotManager manager = builder().build();
        manager.take();
        manager.drill();
        streams.failWith(new IOException("planned"));
        assertHealth(manager.health(), HealthState.FAILING, HealthCause.STREAM_UNREACHABLE);
        streams.failWith(null);
        streams.delete("a");
        assertHealth(manager.health(), HealthState.FAILING, HealthCause.STREAM_MISSING);
    }

    @Test
    void health_manifestUnreadable_isStale() throws Exception {
        SnapshotManager manager = builder().build();
        SnapshotId bad = manager.take().id();
        now = now.plusSeconds(1);
        manager.take();
        manager.drill();
        store.damage("orders/manifests/" + bad, new byte[10]);
        assertHealth(manager.health(), HealthState.STALE, HealthCause.MANIFEST_UNREADABLE);
    }

    @Test
    void health_operationFailed_isReportedUntilItSucceeds() throws Exception {
        boolean[] forbidden = {true};
        HookedStore failing = new HookedStore(store, (number, call, name) -> {
            if (forbidden[0] && call.equals("put")) {
                throw new StoreAccessException("planned");
            }
        });
        SnapshotManager manager = SnapshotManager.builder("orders", node.database, failing)
                .sequenceMap(node.map())
                .streams(streams)
                .clock(() -> now)
                .build();
        assertThatThrownBy(manager::take).isInstanceOf(SnapshotConfigurationException.class);
        SnapshotHealth health = manager.health();
        assertHealth(health, HealthState.FAILING, HealthCause.NO_SNAPSHOT, HealthCause.OPERATION_FAILED);
        assertThat(health.lastFailure().orElseThrow().operation()).isEqualTo(Operation.TAKE);
        forbidden[0] = false;
        manager.take();
        manager.drill();
        assertHealth(manager.health(), HealthState.OK);
    }

    @Test
    void health_drillFindsDamage_isFailing() throws Exception {
        SnapshotManager manager = builder().build();
        SnapshotId id = manager.take().id();
        store.damage("orders/packs/" + id + "-000000", new byte[3]);
        manager.drill();
        SnapshotHealth health = manager.health();
        assertHealth(health, HealthState.FAILING, HealthCause.OPERATION_FAILED);
        assertThat(health.lastFailure().orElseThrow().failure().orElseThrow())
                .isInstanceOf(CorruptSnapshotException.class);
    }

    @Test
    void health_drilledBeforeFirstTake_isOkAfterIt() {
        SnapshotManager manager = builder().build();
        assertThatThrownBy(manager::drill).isInstanceOf(SnapshotNotFoundException.class);
        assertHealth(manager.health(), HealthState.FAILING, HealthCause.NO_SNAPSHOT);
        manager.take();
        assertHealth(manager.health(), HealthState.OK);
    }

    @Test
    void health_concurrentTakeRejected_isOk() {
        AtomicReference<SnapshotManager> subject = new AtomicReference<>();
        Recorder recorder = new Recorder()
                .onStart(
                        Stage.CAPTURE,
                        () -> assertThatThrownBy(subject.get()::take).isNotNull());
        SnapshotManager manager = builder().listener(recorder).build();
        subject.set(manager);
        manager.take();
        manager.drill();
        assertThat(recorder.outcomes).anyMatch(outcome -> !outcome.isDone());
        assertHealth(manager.health(), HealthState.OK);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void health_databaseRestoredBesideARunningMap_needsRecovery(boolean positions) throws Exception {
        SnapshotManager manager = builder().build();
        SnapshotInfo older = positions
                ? manager.take()
                : SnapshotManager.builder("orders", node.database, store)
                        .clock(() -> now)
                        .build()
                        .take();
        streams.publish("a", 10);
        node.catchUp();
        manager.take();
        assertHealth(manager.health(), HealthState.OK);
        SnapshotRepository.of("orders", store).restore(RestoreRequest.of(older.id()), node.database);
        SnapshotHealth health = manager.health();
        assertHealth(health, HealthState.GAP, HealthCause.RECOVERY_NEEDED);
        assertThat(health.reasons().get(0).sentence())
                .contains("counts messages that the database lacks", "the host replays");
        manager.recover();
        assertHealth(manager.health(), HealthState.OK);
    }

    @Test
    void health_positionsOfTheFeedAreDamaged_areUnreadable() {
        SnapshotManager manager = builder().build();
        manager.take();
        manager.attachFeed(new FeedStatus() {
            @Override
            public SortedMap<String, Long> lag() {
                throw new CorruptSequenceMapException("planned");
            }

            @Override
            public Optional<String> failure() {
                return Optional.empty();
            }
        });
        assertHealth(manager.health(), HealthState.FAILING, HealthCause.FEED_UNREADABLE);
    }

    @Test
    void health_feedAttached_reportsItsEndAndLag() {
        SnapshotManager manager =
                builder().healthPolicy(HealthPolicy.defaults().maxLag(5)).build();
        manager.take();
        manager.drill();
        assertHealth(manager.health(), HealthState.OK);
        manager.attachFeed(new FakeFeed(5, null));
        assertHealth(manager.health(), HealthState.OK);
        manager.attachFeed(new FakeFeed(6, null));
        assertHealth(manager.health(), HealthState.STALE, HealthCause.LAGGING);
        assertThat(manager.health().facts().feedLag()).containsExactly(Map.entry("a", 6L));
        manager.attachFeed(new FakeFeed(0, "no more permissions"));
        assertHealth(manager.health(), HealthState.FAILING, HealthCause.FEED_ENDED);
        assertThat(manager.health())
                .hasToString("FAILING; the feed has ended, so no message is applied: no more permissions");
        manager.attachFeed(new FakeFeed(-1, null));
        assertHealth(manager.health(), HealthState.FAILING, HealthCause.FEED_UNREADABLE);
        manager.attachFeed(new FakeFeed(0, null));
        assertHealth(manager.health(), HealthState.OK);
    }

    /** A feed of the stream "a". A negative lag cannot be read. */
    private record FakeFeed(long messages, String end) implements FeedStatus {

        @Override
        public SortedMap<String, Long> lag() throws IOException {
            if (messages < 0) {
                throw new IOException("planned");
            }
            return new TreeMap<>(Map.of("a", messages));
        }

        @Override
        public Optional<String> failure() {
            return Optional.ofNullable(end);
        }
    }

    @Test
    void health_withoutNode_usesStoreAndStreams() {
        builder().build().take();
        SnapshotRepository repository =
                SnapshotRepository.builder("orders", store).clock(() -> now).build();
        HealthPolicy policy = HealthPolicy.defaults().maxLag(5);
        assertHealth(repository.health(policy), HealthState.STALE, HealthCause.PROOF_OLD);
        repository.drill();
        assertHealth(repository.health(policy), HealthState.OK);
        streams.publish("a", 10);
        assertHealth(repository.health(streams, policy), HealthState.OK);
        Positions behind = Positions.of("a", StreamPosition.at(3));
        SnapshotHealth health = repository.health(streams, behind, policy);
        assertHealth(health, HealthState.STALE, HealthCause.LAGGING);
        assertThat(health.facts().streams().get(0).lag()).isEqualTo(17);
        streams.publish("a", 200);
        assertHealth(
                repository.health(streams, policy),
                HealthState.FAILING,
                HealthCause.NOT_COVERED,
                HealthCause.HEADROOM_LOW);
    }
}
