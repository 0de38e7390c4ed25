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
}
