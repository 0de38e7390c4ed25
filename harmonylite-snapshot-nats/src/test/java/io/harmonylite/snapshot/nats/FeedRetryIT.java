package io.harmonylite.snapshot.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.nats.BatchNode.Kind;
import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.nats.client.Connection;
import io.nats.client.NUID;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sqlite.SQLiteDataSource;

/** Failures of the handler that pass by themselves. */
@Timeout(120)
@ExtendWith(NatsExtension.class)
class FeedRetryIT {

    private static final Duration LONG = Duration.ofDays(1);

    private final Connection connection;
    private final String stream = "retry-" + NUID.nextGlobal();
    private final AtomicInteger calls = new AtomicInteger();
    private BatchNode node;

    @TempDir
    Path directory;

    FeedRetryIT(Connection connection) {
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
        if (node != null) {
            node.close();
        }
        connection.jetStreamManagement().deleteStream(stream);
    }

    private NatsFeed.Builder feed(Kind kind) throws SQLException {
        node = new BatchNode(directory, kind);
        node.beforeEachBatch(messages -> calls.incrementAndGet());
        return node.feed(NatsStreams.of(connection, stream));
    }

    @ParameterizedTest
    @EnumSource
    void start_databaseLockedByAnotherWriter_appliesAllWhenItIsFree(Kind kind) throws Exception {
        NatsFeed.Builder builder = feed(kind).retryTimeout(LONG);
        try (java.sql.Connection writer = node.connection();
                Statement statement = writer.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            try (NatsFeed feed = builder.start()) {
                Eventually.isTrue(() -> calls.get() >= 3, feed);
                assertThat(feed.end()).isEmpty();
                statement.execute("COMMIT");
                awaitRows(feed, 5);
            }
        }
        assertThat(node.position(stream)).isEqualTo(5);
    }

    @Test
    void start_singleMessages_databaseLocked_appliesAllWhenItIsFree() throws Exception {
        AtomicInteger failures = new AtomicInteger();
        try (FileSequenceMap map = FileSequenceMap.open(directory.resolve("single"));
                NatsFeed feed = NatsFeed.builder(NatsStreams.of(connection, stream), map)
                        .handler(message -> {
                            if (message.at().sequence() == 3 && failures.incrementAndGet() <= 3) {
                                throw new IllegalStateException(
                                        "wrapped", new SQLTransientConnectionException("planned"));
                            }
                            calls.incrementAndGet();
                        })
                        .start()) {
            Eventually.isTrue(() -> feed.end().isPresent() || calls.get() == 5, feed);
            assertThat(feed.end()).isEmpty();
        }
        assertThat(failures).hasValue(4);
    }

    @ParameterizedTest
    @EnumSource
    void start_databaseStaysLocked_endsAfterTheTimeoutAndNamesTheMessage(Kind kind) throws Exception {
        NatsFeed.Builder builder = feed(kind).retryTimeout(Duration.ofMillis(120));
        try (java.sql.Connection writer = node.connection();
                Statement statement = writer.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            FeedEnd.Failed failed = (FeedEnd.Failed) builder.start().awaitEnd();
            assertThat(failed.sequence()).isEqualTo(OptionalLong.of(1));
            assertThat(failed.cause()).isInstanceOf(SQLException.class).hasMessageContaining("SQLITE_BUSY");
            statement.execute("ROLLBACK");
        }
        assertThat(calls).hasValueGreaterThan(1);
        assertThat(node.rows()).isEmpty();
        try (NatsFeed again = builder.start()) {
            awaitRows(again, 5);
        }
    }

    @Test
    void start_retryTimeoutZero_endsAtTheFirstFailure() throws Exception {
        NatsFeed.Builder builder = feed(Kind.TABLE).retryTimeout(Duration.ZERO);
        try (java.sql.Connection writer = node.connection();
                Statement statement = writer.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            assertThat(builder.start().awaitEnd()).isInstanceOf(FeedEnd.Failed.class);
        }
        assertThat(calls).hasValue(1);
    }

    @ParameterizedTest
    @EnumSource
    void close_duringRetries_returnsAndAppliesNothing(Kind kind) throws Exception {
        NatsFeed.Builder builder = feed(kind).retryTimeout(LONG);
        try (java.sql.Connection writer = node.connection();
                Statement statement = writer.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            NatsFeed feed = builder.start();
            Eventually.isTrue(() -> calls.get() >= 2, feed);
            feed.close();
            assertThat(feed.awaitEnd()).isEqualTo(new FeedEnd.Closed());
        }
        int last = calls.get();
        assertThat(node.rows()).isEmpty();
        assertThat(calls).hasValue(last);
    }

    @Test
    void close_duringRetriesOnAnExecutor_returns() throws Exception {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        NatsFeed.Builder builder = feed(Kind.TABLE).retryTimeout(LONG).executor(executor);
        try (java.sql.Connection writer = node.connection();
                Statement statement = writer.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            NatsFeed feed = builder.start();
            Eventually.isTrue(() -> calls.get() >= 2, feed);
            feed.close();
            assertThat(executor.submit(() -> 7).get()).isEqualTo(7);
        } finally {
            executor.shutdownNow();
        }
    }

    /** The positions of a table map cannot be read at the start: in rollback mode a writer excludes readers. */
    @Test
    void start_positionsLocked_continuesWhenTheyAreFree() throws Exception {
        Path database = directory.resolve("replica.db");
        AtomicInteger reads = new AtomicInteger();
        SQLiteDataSource replica = new SQLiteDataSource() {
            @Override
            public java.sql.Connection getConnection() throws SQLException {
                reads.incrementAndGet();
                return super.getConnection();
            }
        };
        replica.setUrl("jdbc:sqlite:" + database + "?journal_mode=DELETE&busy_timeout=0");
        TableSequenceMap map = TableSequenceMap.create();
        NatsFeed.Builder builder = NatsFeed.builder(NatsStreams.of(connection, stream), map, replica)
                .retryTimeout(LONG)
                .batchHandler(messages -> {
                    try (java.sql.Connection own = replica.getConnection()) {
                        own.setAutoCommit(false);
                        calls.addAndGet(map.in(own).appliedAll(messages).size());
                        own.commit();
                    }
                });
        try (java.sql.Connection writer = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = writer.createStatement()) {
            statement.execute("CREATE TABLE t (a)");
            statement.execute("BEGIN EXCLUSIVE");
            try (NatsFeed feed = builder.start()) {
                Eventually.isTrue(() -> feed.end().isPresent() || reads.get() >= 3, feed);
                assertThat(feed.end()).isEmpty();
                statement.execute("COMMIT");
                Eventually.isTrue(() -> feed.end().isPresent() || calls.get() == 5, feed);
                assertThat(feed.end()).isEmpty();
            }
        }
    }

    private void awaitRows(NatsFeed feed, int count) throws Exception {
        Eventually.isTrue(() -> feed.end().isPresent() || node.rows().size() >= count, node);
        assertThat(feed.end()).isEmpty();
        assertThat(node.rows())
                .containsAll(IntStream.rangeClosed(1, 5)
                        .mapToObj(sequence -> stream + " " + sequence)
                        .toList());
    }
}
