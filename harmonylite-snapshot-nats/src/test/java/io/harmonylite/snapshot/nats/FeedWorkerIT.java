package io.harmonylite.snapshot.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.CorruptSequenceMapException;
import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.nats.client.Connection;
import io.nats.client.NUID;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** One feed worker, stepped by hand with a clock of the test: when it looks at a map that another process changes. */
@Timeout(120)
@ExtendWith(NatsExtension.class)
class FeedWorkerIT {

    private final Connection connection;
    private final String stream = "worker-" + NUID.nextGlobal();
    private final TableSequenceMap map = TableSequenceMap.create();
    private final SQLiteDataSource replica = new SQLiteDataSource();
    private final AtomicLong nanos = new AtomicLong();
    private final List<Long> applied = new ArrayList<>();
    private FeedWorker worker;

    @TempDir
    Path directory;

    FeedWorkerIT(Connection connection) {
        this.connection = connection;
    }

    @BeforeEach
    void applyFive() throws Exception {
        EmptyStreams.create(connection, stream, 100);
        for (int i = 0; i < 5; i++) {
            connection.jetStream().publish(stream, new byte[] {1});
        }
        replica.setUrl("jdbc:sqlite:" + directory.resolve("replica.db"));
        FeedPositions positions = FeedPositions.of(map, replica);
        FeedSettings settings = new FeedSettings(
                NatsStreams.of(connection, stream),
                positions,
                messages -> {
                    try (java.sql.Connection own = replica.getConnection()) {
                        own.setAutoCommit(false);
                        assertThat(map.in(own).appliedAll(messages)).isEqualTo(messages);
                        own.commit();
                    }
                    messages.forEach(message -> applied.add(message.at().sequence()));
                },
                16,
                Duration.ZERO,
                false,
                end -> {},
                null,
                null,
                16);
        worker = new FeedWorker(settings, List.of(new FeedReader(settings, stream)), nanos::get);
        stepUntilApplied(5);
        applied.clear();
    }

    @AfterEach
    void cleanUp() throws Exception {
        worker.stop();
        connection.jetStreamManagement().deleteStream(stream);
    }

    @Test
    void step_mapSetBack_isDetectedByTheFirstLook() throws Exception {
        replica.setUrl("jdbc:sqlite:" + directory.resolve("restored.db"));
        try (java.sql.Connection own = replica.getConnection()) {
            own.setAutoCommit(false);
            map.in(own).applied(stream, StreamPosition.at(1));
            map.in(own).applied(stream, StreamPosition.at(2));
            own.commit();
        }
        nanos.addAndGet(FeedWorker.BETWEEN_LOOKS.toNanos() - 1);
        for (int i = 0; i < 3; i++) {
            assertThat(worker.step(Duration.ZERO, pause -> {})).isNull();
        }
        assertThat(applied).isEmpty();
        nanos.addAndGet(1);
        stepUntilApplied(3);
        assertThat(applied).containsExactly(3L, 4L, 5L);
    }

    @Test
    void step_mapWithoutItsPosition_ends() throws Exception {
        try (java.sql.Connection own = replica.getConnection();
                java.sql.Statement cleanup = own.createStatement()) {
            cleanup.execute("DROP TABLE __harmonylite__snapshot_positions");
            cleanup.execute("DROP TABLE __harmonylite__snapshot_ahead");
        }
        nanos.addAndGet(FeedWorker.BETWEEN_LOOKS.toNanos());
        assertThatThrownBy(() -> worker.step(Duration.ZERO, pause -> {}))
                .isInstanceOf(CorruptSequenceMapException.class)
                .hasMessageContaining(stream)
                .hasMessageContaining("recover");
        assertThat(applied).isEmpty();
    }

    @Test
    void look_withTheLongestWaitForAMessage_comesWithinOneSecond() {
        assertThat(FeedWorker.BETWEEN_LOOKS.plus(NatsFeed.MOMENT)).isLessThanOrEqualTo(Duration.ofSeconds(1));
    }

    private void stepUntilApplied(int count) throws Exception {
        Eventually.isTrue(
                () -> {
                    assertThat(worker.step(Duration.ofMillis(50), pause -> {})).isNull();
                    return applied.size() >= count;
                },
                applied);
    }
}
