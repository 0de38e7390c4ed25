package io.harmonylite.snapshot.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.nats.client.Connection;
import io.nats.client.NUID;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** The lag that a feed reports while its executor has not run it yet. */
@Timeout(120)
@ExtendWith(NatsExtension.class)
class FeedLagIT {

    private final Connection connection;
    private final String stream = "lag-" + NUID.nextGlobal();
    private final TableSequenceMap map = TableSequenceMap.create();
    private final HoldingExecutor executor = new HoldingExecutor();

    @TempDir
    Path directory;

    FeedLagIT(Connection connection) {
        this.connection = connection;
    }

    @BeforeEach
    void publishFive() throws Exception {
        EmptyStreams.create(connection, stream, 100);
        for (int i = 0; i < 5; i++) {
            connection.jetStream().publish(stream, new byte[] {1});
        }
    }

    @AfterEach
    void cleanUp() throws Exception {
        executor.end();
        connection.jetStreamManagement().deleteStream(stream);
    }

    @Test
    void lag_beforeFeedReadsItsTables_countsFromStoredPosition() throws Exception {
        SQLiteDataSource replica = replica("replica.db");
        count(replica, 1, 3);
        try (NatsFeed feed = feed(replica).start()) {
            assertThat(lagBeforeItDoesAnything(feed)).containsEntry(stream, 2L);
        }
    }

    @Test
    void lag_secondFeedAfterRestore_countsFromRestoredPosition() throws Exception {
        SQLiteDataSource replica = replica("replica.db");
        NatsFeed.Builder builder = feed(replica);
        executor.release();
        try (NatsFeed feed = builder.start()) {
            Eventually.isTrue(() -> feed.lag().get(stream) == 0, feed);
        }
        executor.hold();
        replica.setUrl(url("restored.db"));
        count(replica, 1, 2);
        try (NatsFeed feed = builder.start()) {
            assertThat(lagBeforeItDoesAnything(feed)).containsEntry(stream, 3L);
        }
    }

    @Test
    void lag_mapSetBack_countsFromNewPosition() throws Exception {
        SQLiteDataSource replica = replica("replica.db");
        executor.release();
        try (NatsFeed feed = feed(replica).start()) {
            Eventually.isTrue(() -> feed.lag().get(stream) == 0, feed);
            executor.hold();
            replica.setUrl(url("restored.db"));
            count(replica, 1, 2);
            assertThat(feed.lag()).containsEntry(stream, 3L);
            executor.release();
            Eventually.isTrue(() -> feed.lag().get(stream) == 0, feed);
            assertThat(feed.end()).isEmpty();
        }
    }

    @Test
    void lag_streamMissing_throwsIOException() throws Exception {
        try (NatsFeed feed = NatsFeed.builder(NatsStreams.of(connection, stream + "-none"), map, replica("replica.db"))
                .handler(message -> {})
                .executor(executor)
                .start()) {
            assertThatThrownBy(() -> lagBeforeItDoesAnything(feed))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(stream + "-none does not exist");
        }
    }

    @Test
    void lag_unreadableTables_throwsIOException() throws Exception {
        try (NatsFeed feed = feed(replica("missing/replica.db")).start()) {
            assertThatThrownBy(() -> lagBeforeItDoesAnything(feed))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(stream);
        }
    }

    private Map<String, Long> lagBeforeItDoesAnything(NatsFeed feed) throws IOException {
        try {
            return feed.lag();
        } finally {
            executor.release();
        }
    }

    private NatsFeed.Builder feed(SQLiteDataSource replica) {
        return NatsFeed.builder(NatsStreams.of(connection, stream), map, replica)
                .handler(message -> {
                    try (java.sql.Connection own = replica.getConnection()) {
                        own.setAutoCommit(false);
                        assertThat(message.countIn(map.in(own))).isTrue();
                        own.commit();
                    }
                })
                .onEnd(end -> {})
                .executor(executor);
    }

    private void count(SQLiteDataSource replica, long first, long last) throws SQLException {
        try (java.sql.Connection own = replica.getConnection()) {
            own.setAutoCommit(false);
            for (long sequence = first; sequence <= last; sequence++) {
                assertThat(map.in(own).applied(stream, StreamPosition.at(sequence)))
                        .isTrue();
            }
            own.commit();
        }
    }

    private SQLiteDataSource replica(String file) {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl(url(file));
        return source;
    }

    private String url(String file) {
        return "jdbc:sqlite:" + directory.resolve(file);
    }

    /** Holds tasks back until it is released. */
    private static final class HoldingExecutor implements Executor {

        private final ExecutorService threads = Executors.newCachedThreadPool();
        private final Queue<Runnable> held = new ArrayDeque<>();
        private boolean holding = true;

        @Override
        public synchronized void execute(Runnable task) {
            if (holding) {
                held.add(task);
            } else {
                threads.execute(task);
            }
        }

        synchronized void hold() {
            holding = true;
        }

        synchronized void release() {
            holding = false;
            held.forEach(threads::execute);
            held.clear();
        }

        void end() {
            threads.shutdownNow();
        }
    }
}
