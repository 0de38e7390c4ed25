package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.Replica.Kind;
import io.harmonylite.snapshot.health.HealthCause;
import io.harmonylite.snapshot.health.HealthReason;
import io.harmonylite.snapshot.recovery.RecoveryOutcome;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.harmonylite.snapshot.testing.InMemoryStreams;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls that change nothing reject no other call, and are rejected by none. */
@Timeout(120)
class ReadOnlyCallsTest {

    private static final String STREAM = "changes";

    @TempDir
    Path directory;

    private final InMemorySnapshotStore store = new InMemorySnapshotStore();
    private final InMemoryStreams streams = InMemoryStreams.unlimited(STREAM);
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final AtomicBoolean stopped = new AtomicBoolean();

    @BeforeEach
    void publish() {
        streams.publish(STREAM, 10);
    }

    @AfterEach
    void stop() {
        stopped.set(true);
        executor.shutdownNow();
    }

    private Replica node(Kind kind) throws Exception {
        Replica node = new Replica(directory, kind, store, streams);
        node.createTables();
        node.manager().recover();
        node.apply(STREAM, 10);
        return node;
    }

    /** Counts the calls until the end. */
    private Future<Integer> repeat(Callable<?> call) {
        return executor.submit(() -> {
            int calls = 0;
            for (; !stopped.get(); calls++) {
                call.call();
            }
            return calls;
        });
    }

    @ParameterizedTest
    @EnumSource
    void planAndHealth_byManyThreadsBesideRecover_allSucceed(Kind kind) throws Exception {
        try (Replica node = node(kind)) {
            node.manager().take();
            SnapshotManager other = node.builder().build();
            List<Future<Integer>> readers = new ArrayList<>();
            readers.add(repeat(() -> node.manager().plan()));
            readers.add(repeat(other::plan));
            readers.add(repeat(other::health));
            for (int time = 0; time < 30; time++) {
                assertThat(node.manager().recover().plan().outcome()).isEqualTo(RecoveryOutcome.UP_TO_DATE);
            }
            stopped.set(true);
            for (Future<Integer> calls : readers) {
                assertThat(calls.get()).isPositive();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void planAndHealth_whileAnotherManagerRestores_succeed(Kind kind) throws Exception {
        try (Replica node = node(kind)) {
            node.manager().take();
            SnapshotManager other = node.builder().build();
            List<HealthCause> causes = new ArrayList<>();
            node.manager().restore(RestoreRequest.latest().online(() -> {
                assertThat(other.plan().outcome()).isEqualTo(RecoveryOutcome.UP_TO_DATE);
                other.health().reasons().stream().map(HealthReason::cause).forEach(causes::add);
                return () -> assertThat(other.plan().outcome()).isEqualTo(RecoveryOutcome.UP_TO_DATE);
            }));
            assertThat(causes).doesNotContain(HealthCause.DATABASE_UNREADABLE, HealthCause.RECOVERY_NEEDED);
        }
    }

    /** The plan reads the file that the restore replaces, and the map that the restore has set. */
    @Test
    void plan_databaseIsReplacedWhileItIsRead_looksAgain() throws Exception {
        try (Replica node = node(Kind.FILE)) {
            node.manager().take();
            AtomicBoolean restored = new AtomicBoolean();
            SnapshotManager other = node.builder()
                    .connectionCustomizer(connection -> {
                        if (restored.compareAndSet(false, true)) {
                            node.manager().restore(RestoreRequest.latest());
                        }
                    })
                    .build();
            assertThat(other.plan().outcome()).isEqualTo(RecoveryOutcome.UP_TO_DATE);
            assertThat(restored).isTrue();
        }
    }

    @Test
    void planAndHealth_whileAnActionOfTheMapRuns_doNotWaitForIt() throws Exception {
        try (Replica node = node(Kind.FILE)) {
            CountDownLatch running = new CountDownLatch(1);
            CountDownLatch planned = new CountDownLatch(1);
            streams.publish(STREAM, 1);
            FileSequenceMap map = (FileSequenceMap) node.map();
            StreamPosition next = StreamPosition.at(11);
            Future<Boolean> applied = executor.submit(() -> map.apply(STREAM, next, () -> {
                running.countDown();
                assertThat(planned.await(60, TimeUnit.SECONDS)).isTrue();
            }));
            running.await();
            assertThat(node.manager().plan().outcome()).isEqualTo(RecoveryOutcome.REPLAY);
            node.manager().health();
            planned.countDown();
            assertThat(applied.get()).isTrue();
        }
    }
}
