package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.health.HealthCause;
import io.harmonylite.snapshot.health.HealthReason;
import io.harmonylite.snapshot.health.HealthState;
import io.harmonylite.snapshot.health.SnapshotHealth;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.harmonylite.snapshot.testing.InMemoryStreams;
import io.harmonylite.snapshot.watch.Trigger;
import io.harmonylite.snapshot.watch.WatchOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Health with a running loop, which takes a snapshot every hour if something has changed. */
class WatchedHealthTest {

    @TempDir
    Path directory;

    private final ManualScheduler scheduler = new ManualScheduler();
    private final InMemorySnapshotStore store = new InMemorySnapshotStore(scheduler);
    private final InMemoryStreams streams = InMemoryStreams.unlimited("a");
    private Replica node;
    private SnapshotManager manager;

    @BeforeEach
    void start() throws Exception {
        node = new Replica(directory, Replica.Kind.TABLE, store, streams);
        node.createTables();
        streams.publish("a", 5);
        node.catchUp();
        manager = node.builder()
                .trigger(Trigger.every(Duration.ofHours(1)))
                .clock(scheduler)
                .executor(Runnable::run)
                .watchOptions(WatchOptions.defaults().jitter(0).checkEvery(Duration.ofMinutes(20)))
                .build();
        manager.start(scheduler);
        scheduler.advance(Duration.ofMinutes(2));
        manager.drill();
    }

    @AfterEach
    void close() {
        manager.close();
        node.close();
    }

    @Test
    void health_nothingChangesForDays_isOkDespiteAnOldSnapshot() {
        scheduler.advance(Duration.ofDays(2).plusHours(3));
        SnapshotHealth health = manager.health();
        assertThat(health).hasToString("OK");
        assertThat(health.newestAge().orElseThrow()).isGreaterThan(Duration.ofDays(2));
        assertThat(health.facts().snapshots()).isEqualTo(1);
    }

    @Test
    void health_streamsUnavailableToTheLoop_isFailingUntilTheyReturn() {
        streams.failWith(new IOException("planned"));
        scheduler.advance(Duration.ofHours(2));
        streams.failWith(null);
        SnapshotHealth health = manager.health();
        assertThat(health.state()).isEqualTo(HealthState.FAILING);
        assertThat(health.reasons()).extracting(HealthReason::cause).containsExactly(HealthCause.OPERATION_FAILED);
        assertThat(health.toString()).contains("the loop failed", "TAKE", "planned");
        scheduler.advance(Duration.ofHours(1));
        assertThat(manager.health().state()).isEqualTo(HealthState.OK);
    }

    /** The loop of another host, with default settings and nothing to take yet. */
    private SnapshotManager startWithDefaults(InMemorySnapshotStore empty, Executor executor) {
        SnapshotManager started = SnapshotManager.builder("orders", node.database, empty)
                .sequenceMap(node.map())
                .streams(streams)
                .trigger(Trigger.everyMessages(10))
                .clock(scheduler)
                .executor(executor)
                .build();
        started.start(scheduler);
        return started;
    }

    private void publishAndApply(int messages) throws Exception {
        streams.publish("a", messages);
        node.catchUp();
        scheduler.advance(Duration.ofMinutes(2));
    }

    private static List<HealthCause> causes(SnapshotManager of) {
        return of.health().reasons().stream().map(HealthReason::cause).toList();
    }

    @Test
    void health_defaultSettings_isOkAfterFirstTake() throws Exception {
        try (SnapshotManager fresh = startWithDefaults(new InMemorySnapshotStore(scheduler), Runnable::run)) {
            scheduler.advance(Duration.ofHours(3));
            assertThat(causes(fresh)).as("drills find nothing to prove").containsExactly(HealthCause.NO_SNAPSHOT);
            publishAndApply(10);
            assertThat(fresh.health()).hasToString("OK");
            assertThat(fresh.repository().proofs())
                    .as("the first take is proven at once")
                    .hasSize(1);
            scheduler.advance(Duration.ofHours(30));
            assertThat(fresh.repository().proofs()).as("once a day").hasSize(2);
        }
    }

    @Test
    void health_firstDrillHasNotRun_isOkUntilItFailed() throws Exception {
        InMemorySnapshotStore empty = new InMemorySnapshotStore(scheduler);
        List<Runnable> drills = new ArrayList<>();
        Executor delaying = work -> {
            if (empty.list("orders/manifests/").isEmpty()) {
                work.run();
            } else {
                drills.add(work);
            }
        };
        try (SnapshotManager fresh = startWithDefaults(empty, delaying)) {
            publishAndApply(10);
            assertThat(fresh.health()).hasToString("OK");
            empty.damage(empty.list("orders/packs/").get(0).name(), new byte[3]);
            List.copyOf(drills).forEach(Runnable::run);
            assertThat(causes(fresh)).containsExactly(HealthCause.OPERATION_FAILED, HealthCause.PROOF_OLD);
        }
    }
}
