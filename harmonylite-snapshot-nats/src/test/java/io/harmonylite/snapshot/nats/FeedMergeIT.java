package io.harmonylite.snapshot.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.nats.BatchNode.Kind;
import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.stream.StreamMessage;
import io.nats.client.Connection;
import io.nats.client.JetStreamOptions;
import io.nats.client.NUID;
import io.nats.client.PublishOptions;
import io.nats.client.api.PublishAck;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A feed that merges three streams by time. Messages are published one after the other, so the order in which they were
 * acknowledged is the order of their timestamps.
 */
@Timeout(120)
@ExtendWith(NatsExtension.class)
class FeedMergeIT {

    private static final JetStreamOptions QUICK =
            JetStreamOptions.builder().requestTimeout(Duration.ofMillis(400)).build();

    private final Connection connection;
    private final String prefix = "merge-" + NUID.nextGlobal();
    private final List<String> names = List.of(prefix + "-a", prefix + "-b", prefix + "-c");
    private final List<String> published = new ArrayList<>();
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private BatchNode node;

    @TempDir
    Path directory;

    FeedMergeIT(Connection connection) {
        this.connection = connection;
    }

    @BeforeEach
    void createStreams() throws Exception {
        for (String name : names) {
            EmptyStreams.create(connection, name, 10_000);
        }
    }

    @AfterEach
    void cleanUp() throws Exception {
        if (node != null) {
            node.close();
        }
        for (String name : connection.jetStreamManagement().getStreamNames()) {
            if (name.startsWith(prefix)) {
                connection.jetStreamManagement().deleteStream(name);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void start_backlogInThreeStreams_isAppliedInTheOrderOfPublication(Kind kind) throws Exception {
        node = new BatchNode(directory, kind);
        for (int i = 0; i < 600; i++) {
            publish(connection, random.nextInt(3));
        }
        try (NatsFeed feed = feed(connection).maxBatch(50).maxInFlight(20).start()) {
            awaitAll(feed);
        }
        assertThat(node.batches())
                .anyMatch(batch ->
                        batch.stream().map(StreamMessage::stream).distinct().count() == 3);
        assertPositions();
    }

    @ParameterizedTest
    @EnumSource
    void start_oneStreamEmptyAndOneDrained_othersAreAppliedInOrder(Kind kind) throws Exception {
        node = new BatchNode(directory, kind);
        for (int i = 0; i < 20; i++) {
            publish(connection, random.nextInt(2));
        }
        for (int i = 0; i < 200; i++) {
            publish(connection, 0);
        }
        try (NatsFeed feed = feed(connection).start()) {
            awaitAll(feed);
            publish(connection, 2);
            awaitAll(feed);
            publish(connection, 1);
            awaitAll(feed);
        }
        assertPositions();
    }

    @ParameterizedTest
    @EnumSource
    void start_messagesArriveWhileItRuns_areAppliedInTheOrderOfPublication(Kind kind) throws Exception {
        node = new BatchNode(directory, kind);
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try (NatsFeed feed = feed(connection).executor(executor).start()) {
            for (int i = 0; i < 600; i++) {
                publish(connection, random.nextInt(3));
            }
            awaitAll(feed);
        } finally {
            executor.shutdownNow();
        }
        assertPositions();
    }

    /** The second stream has earlier messages that have not arrived: later ones of the others wait for them. */
    @ParameterizedTest
    @EnumSource
    void start_oneStreamIsSlow_othersWaitForItsEarlierMessages(Kind kind) throws Exception {
        node = new BatchNode(directory, kind);
        FaultyConnection slow = new FaultyConnection(connection);
        String pulls = "CONSUMER.MSG.NEXT." + names.get(1);
        slow.hold(pulls);
        publish(connection, 0);
        publish(connection, 2);
        publish(connection, 1);
        publish(connection, 0);
        publish(connection, 1);
        publish(connection, 2);
        String asked = "STREAM.MSG.GET." + names.get(1);
        try (NatsFeed feed = feed(slow.connection()).start()) {
            Eventually.isTrue(
                    () -> feed.end().isPresent()
                            || slow.requests().stream()
                                            .filter(subject -> subject.contains(asked))
                                            .count()
                                    >= 5,
                    feed);
            assertThat(feed.end()).isEmpty();
            assertThat(node.rows()).isSubsetOf(published.subList(0, 2));
            slow.release(pulls);
            awaitAll(feed);
        }
        assertPositions();
    }

    /** Messages at the end of a stream were deleted: nothing is to come, and the others do not wait. */
    @Test
    void start_lastMessagesOfAStreamDeleted_othersAreApplied() throws Exception {
        node = new BatchNode(directory, Kind.TABLE);
        publish(connection, 0);
        publish(connection, 1);
        PublishAck gone = connection.jetStream().publish(names.get(1), new byte[] {1});
        connection.jetStreamManagement().deleteMessage(names.get(1), gone.getSeqno());
        publish(connection, 2);
        publish(connection, 0);
        try (NatsFeed feed = feed(connection).start()) {
            awaitAll(feed);
        }
    }

    @ParameterizedTest
    @EnumSource
    void start_poisonInABatchOfSeveralStreams_earlierMessagesAreAppliedAndTheEndNamesIt(Kind kind) throws Exception {
        node = new BatchNode(directory, kind);
        for (int i = 0; i < 30; i++) {
            publish(connection, i % 3);
        }
        AtomicBoolean poisoned = new AtomicBoolean(true);
        node.beforeEachRow(one -> {
            if (poisoned.get() && row(one.get(0)).equals(published.get(16))) {
                throw new IllegalStateException("planned");
            }
        });
        FeedEnd.Failed failed = (FeedEnd.Failed) feed(connection).start().awaitEnd();
        assertThat(failed.stream()).isEqualTo(names.get(1));
        assertThat(failed.sequence()).isEqualTo(OptionalLong.of(6));
        assertThat(node.rows()).isEqualTo(published.subList(0, 16));
        poisoned.set(false);
        try (NatsFeed feed = feed(connection).start()) {
            awaitAll(feed);
        }
        assertPositions();
    }

    /** A restore sets all streams back while a batch of them is waiting: all are applied again, in order. */
    @Test
    void start_mapSetBackDuringABatch_appliesAllAgainInOrder() throws Exception {
        node = new BatchNode(directory, Kind.TABLE);
        for (int i = 0; i < 90; i++) {
            publish(connection, i % 3);
        }
        AtomicBoolean restored = new AtomicBoolean();
        node.beforeEachBatch(messages -> {
            if (node.rows().size() >= 40 && restored.compareAndSet(false, true)) {
                node.setBack(Positions.copyOf(Map.of(
                        names.get(0), StreamPosition.at(4),
                        names.get(1), StreamPosition.at(4),
                        names.get(2), StreamPosition.at(4))));
            }
        });
        try (NatsFeed feed = feed(connection).maxBatch(10).start()) {
            awaitAll(feed);
        }
        assertThat(restored).isTrue();
        assertPositions();
    }

    @ParameterizedTest
    @EnumSource
    void n02_serverKilledAndRestarted_losesNoMessageAndKeepsTheOrder(Kind kind) throws Exception {
        node = new BatchNode(directory, kind);
        try (NatsServer server = NatsServer.start(directory.resolve("server"));
                Connection own = server.connect()) {
            for (String name : names) {
                EmptyStreams.create(own, name, 10_000);
            }
            try (NatsFeed feed = feed(own).start()) {
                for (int round = 0; round < 3; round++) {
                    for (int i = 0; i < 100; i++) {
                        publish(own, random.nextInt(3));
                    }
                    server.kill();
                    server.start();
                    Eventually.isTrue(() -> own.getStatus() == Connection.Status.CONNECTED, feed);
                    Eventually.get(() -> {
                        publish(own, 0);
                        return true;
                    });
                }
                awaitAll(feed);
            }
        }
        assertPositions();
    }

    @Test
    void start_streamMissing_endsWithReset() throws Exception {
        node = new BatchNode(directory, Kind.TABLE);
        connection.jetStreamManagement().deleteStream(names.get(2));
        publish(connection, 0);
        assertThat(feed(connection).start().awaitEnd()).isInstanceOf(FeedEnd.Reset.class);
    }

    @Test
    void start_streamDeletedWhileItRuns_endsWithReset() throws Exception {
        node = new BatchNode(directory, Kind.TABLE);
        publish(connection, 0);
        NatsFeed feed = feed(connection).start();
        awaitAll(feed);
        connection.jetStreamManagement().deleteStream(names.get(2));
        FeedEnd.Reset reset = (FeedEnd.Reset) feed.awaitEnd();
        assertThat(reset.stream()).isEqualTo(names.get(2));
    }

    /** One stream needs no order, and no request for each batch. */
    @Test
    void start_oneStream_asksForNothingButMessages() throws Exception {
        node = new BatchNode(directory, Kind.TABLE);
        FaultyConnection observed = new FaultyConnection(connection);
        try (NatsFeed feed = node.feed(NatsStreams.of(observed.connection(), names.get(0)))
                .mergeByTime()
                .start()) {
            for (int i = 0; i < 50; i++) {
                publish(connection, 0);
            }
            awaitAll(feed);
        }
        assertThat(observed.requests()).noneMatch(subject -> subject.contains("STREAM.MSG.GET"));
    }

    @Test
    void close_whileWaitingForASlowStream_returns() throws Exception {
        node = new BatchNode(directory, Kind.TABLE);
        FaultyConnection slow = new FaultyConnection(connection);
        slow.hold("CONSUMER.MSG.NEXT." + names.get(1));
        publish(connection, 1);
        publish(connection, 0);
        NatsFeed feed = feed(slow.connection()).start();
        Eventually.isTrue(
                () -> slow.requests().stream().anyMatch(subject -> subject.contains("STREAM.MSG.GET." + names.get(1))),
                feed);
        feed.close();
        assertThat(feed.awaitEnd()).isEqualTo(new FeedEnd.Closed());
        assertThat(node.rows()).isEmpty();
    }

    private NatsFeed.Builder feed(Connection through) {
        return node.feed(NatsStreams.of(through, names, QUICK)).mergeByTime();
    }

    /** Publishes a message; a repetition after a failure does not publish it twice. */
    private void publish(Connection through, int stream) throws Exception {
        PublishOptions once = PublishOptions.builder()
                .messageId(String.valueOf(published.size()))
                .build();
        PublishAck ack = through.jetStream().publish(names.get(stream), new byte[] {1}, once);
        published.add(names.get(stream) + " " + ack.getSeqno());
    }

    private static String row(StreamMessage message) {
        return message.stream() + " " + message.at().sequence();
    }

    private void awaitAll(NatsFeed feed) throws Exception {
        Eventually.isTrue(() -> feed.end().isPresent() || node.rows().size() >= published.size(), node);
        assertThat(feed.end()).as("seed %s", seed).isEmpty();
        assertThat(node.rows()).as("seed %s", seed).isEqualTo(published);
    }

    private void assertPositions() throws Exception {
        for (String name : names) {
            assertThat(node.position(name))
                    .as(name)
                    .isEqualTo(published.stream()
                            .filter(row -> row.startsWith(name + " "))
                            .count());
        }
    }
}
