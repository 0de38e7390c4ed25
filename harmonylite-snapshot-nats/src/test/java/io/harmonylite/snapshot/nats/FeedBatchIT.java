package io.harmonylite.snapshot.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.nats.BatchNode.Kind;
import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.stream.Arrival;
import io.harmonylite.snapshot.stream.StreamMessage;
import io.nats.client.Connection;
import io.nats.client.JetStreamOptions;
import io.nats.client.NUID;
import io.nats.client.api.PublishAck;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A feed that applies the messages of one stream in batches. */
@Timeout(120)
@ExtendWith(NatsExtension.class)
class FeedBatchIT {

    private static final JetStreamOptions QUICK =
            JetStreamOptions.builder().requestTimeout(Duration.ofMillis(400)).build();

    private final Connection connection;
    private final String stream = "batch-" + NUID.nextGlobal();
    private BatchNode node;

    @TempDir
    Path directory;

    FeedBatchIT(Connection connection) {
        this.connection = connection;
    }

    @AfterEach
    void cleanUp() throws Exception {
        if (node != null) {
            node.close();
        }
        if (connection.jetStreamManagement().getStreamNames().contains(stream)) {
            connection.jetStreamManagement().deleteStream(stream);
        }
    }

    @ParameterizedTest
    @EnumSource
    void start_backlog_isAppliedInBatchesAndInOrder(Kind kind) throws Exception {
        create(kind, 10_000);
        publish(connection, 1_000);
        CountDownLatch arrived = holdFirstBatch();
        try (NatsFeed feed = node.feed(streams()).maxBatch(64).start()) {
            awaitArrived(256);
            arrived.countDown();
            awaitRows(feed, 1_000);
        }
        assertThat(node.rows()).isEqualTo(rows(1, 1_000));
        assertThat(node.position(stream)).isEqualTo(1_000);
        List<Integer> sizes = node.batches().stream().map(List::size).toList();
        assertThat(sizes).allMatch(size -> size <= 64);
        assertThat(sizes.subList(1, 4)).containsExactly(64, 64, 64);
    }

    /** The feed does not wait until a batch is full. */
    @ParameterizedTest
    @EnumSource
    void start_oneMessageAtATime_isAppliedAtOnce(Kind kind) throws Exception {
        create(kind, 100);
        try (NatsFeed feed = node.feed(streams()).start()) {
            for (int i = 1; i <= 5; i++) {
                publish(connection, 1);
                awaitRows(feed, i);
            }
        }
        assertThat(node.batches()).hasSize(5);
    }

    @ParameterizedTest
    @EnumSource
    void start_poisonInsideABatch_earlierMessagesAreAppliedAndTheEndNamesIt(Kind kind) throws Exception {
        create(kind, 100);
        publish(connection, 20);
        CountDownLatch arrived = holdFirstBatch();
        node.beforeEachRow(one -> {
            if (one.get(0).at().sequence() == 13) {
                throw new IllegalStateException("planned");
            }
        });
        NatsFeed feed = node.feed(streams()).maxBatch(10).start();
        awaitArrived(20);
        arrived.countDown();
        FeedEnd.Failed failed = (FeedEnd.Failed) feed.awaitEnd();
        assertThat(failed.stream()).isEqualTo(stream);
        assertThat(failed.sequence()).isEqualTo(OptionalLong.of(13));
        assertThat(failed.cause()).hasMessage("planned");
        assertThat(failed.sentence()).contains("message 13 of stream " + stream, "planned");
        assertThat(node.rows()).isEqualTo(rows(1, 12));
        assertThat(node.position(stream)).isEqualTo(12);
        assertThat(node.batches().stream().filter(batch -> batch.size() > 1 && contains(batch, 13)))
                .hasSize(1);
        node.beforeEachRow(one -> {});
        try (NatsFeed again = node.feed(streams()).start()) {
            awaitRows(again, 20);
        }
        assertThat(node.rows()).isEqualTo(rows(1, 20));
    }

    @ParameterizedTest
    @EnumSource
    void start_errorInsideABatch_endNamesTheMessage(Kind kind) throws Exception {
        create(kind, 100);
        publish(connection, 5);
        CountDownLatch arrived = holdFirstBatch();
        node.beforeEachRow(one -> {
            if (one.get(0).at().sequence() == 4) {
                throw new StackOverflowError("planned");
            }
        });
        NatsFeed feed = node.feed(streams()).start();
        awaitArrived(5);
        arrived.countDown();
        FeedEnd.Failed failed = (FeedEnd.Failed) feed.awaitEnd();
        assertThat(failed.sequence()).isEqualTo(OptionalLong.of(4));
        assertThat(failed.cause()).hasRootCauseMessage("planned").hasMessageContaining(stream + " message 4");
        assertThat(node.rows()).isEqualTo(rows(1, 3));
    }

    /** Messages that fail only together: all are applied alone, and the feed continues with batches. */
    @ParameterizedTest
    @EnumSource
    void start_batchFailsAndItsMessagesDoNot_feedContinues(Kind kind) throws Exception {
        create(kind, 100);
        publish(connection, 30);
        CountDownLatch arrived = holdFirstBatch();
        AtomicInteger failures = new AtomicInteger();
        node.beforeEachRow(one -> {
            if (one.get(0).at().sequence() == 9 && failures.getAndIncrement() == 0) {
                throw new IllegalStateException("planned");
            }
        });
        try (NatsFeed feed = node.feed(streams()).maxBatch(10).start()) {
            awaitArrived(30);
            arrived.countDown();
            awaitRows(feed, 30);
        }
        assertThat(node.rows()).isEqualTo(rows(1, 30));
        assertThat(node.batches().get(node.batches().size() - 1)).hasSizeGreaterThan(1);
    }

    @ParameterizedTest
    @EnumSource
    void start_messagesDeletedInsideABatch_endsWithGapAfterTheEarlierOnesUnlessAllowed(Kind kind) throws Exception {
        create(kind, 100);
        publish(connection, 12);
        for (long deleted : new long[] {4, 5, 9}) {
            connection.jetStreamManagement().deleteMessage(stream, deleted);
        }
        CountDownLatch arrived = holdFirstBatch();
        NatsFeed feed = node.feed(streams()).start();
        awaitArrived(9);
        arrived.countDown();
        assertThat(feed.awaitEnd()).isEqualTo(new FeedEnd.Gap(stream, new SequenceRange(4, 5), Arrival.Cause.DELETED));
        assertThat(node.rows()).isEqualTo(rows(1, 3));
        try (NatsFeed allowed = node.feed(streams().allowDeletedMessages()).start()) {
            awaitRows(allowed, 9);
        }
        List<String> kept = new ArrayList<>(rows(1, 12));
        kept.removeAll(List.of(stream + " 4", stream + " 5", stream + " 9"));
        assertThat(node.rows()).isEqualTo(kept);
        assertThat(node.position(stream)).isEqualTo(12);
    }

    /** The node falls behind while it applies a batch: all that has arrived is applied, then the feed ends. */
    @ParameterizedTest
    @EnumSource
    void d07_fallsBehindDuringABatch_endsWithGapAfterTheMessagesThatArrived(Kind kind) throws Exception {
        create(kind, 20);
        publish(connection, 10);
        CountDownLatch arrived = holdFirstBatch();
        NatsFeed feed = node.feed(streams()).maxBatch(4).maxInFlight(10).start();
        awaitArrived(10);
        publish(connection, 200);
        arrived.countDown();
        FeedEnd.Gap gap = (FeedEnd.Gap) feed.awaitEnd();
        assertThat(gap.cause()).isEqualTo(Arrival.Cause.DROPPED);
        assertThat(node.rows()).isEqualTo(rows(1, gap.range().first() - 1)).hasSizeGreaterThanOrEqualTo(10);
        assertThat(node.position(stream)).isEqualTo(gap.range().first() - 1);
    }

    @ParameterizedTest
    @EnumSource
    void start_streamRecreatedWhileRunning_endsWithReset(Kind kind) throws Exception {
        create(kind, 1000);
        publish(connection, 5);
        NatsFeed feed = node.feed(streams()).start();
        awaitRows(feed, 5);
        connection.jetStreamManagement().deleteStream(stream);
        EmptyStreams.create(connection, stream, 1000);
        publish(connection, 20);
        assertThat(feed.awaitEnd()).isInstanceOf(FeedEnd.Reset.class);
        assertThat(node.rows()).isEqualTo(rows(1, 5));
    }

    @ParameterizedTest
    @EnumSource
    void n02_serverKilledDuringBatches_losesAndRepeatsNoMessage(Kind kind) throws Exception {
        node = new BatchNode(directory, kind);
        try (NatsServer server = NatsServer.start(directory.resolve("server"));
                Connection own = server.connect()) {
            EmptyStreams.create(own, stream, 100_000);
            try (NatsFeed feed = node.feed(NatsStreams.of(own, List.of(stream), QUICK))
                    .maxBatch(20)
                    .start()) {
                long expected = 0;
                for (int round = 0; round < 3; round++) {
                    publish(own, 300);
                    expected += 300;
                    server.kill();
                    server.start();
                    Eventually.isTrue(() -> tryToPublish(own), feed);
                    expected++;
                    awaitRows(feed, (int) expected);
                }
                assertThat(node.rows()).isEqualTo(rows(1, expected));
                assertThat(feed.end()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void d04_ownPublicationsInsideABatch_areNotApplied(Kind kind) throws Exception {
        create(kind, 100);
        publish(connection, 10);
        CountDownLatch arrived = holdFirstBatch();
        try (NatsFeed feed = node.feed(streams()).start()) {
            awaitArrived(10);
            for (int i = 0; i < 3; i++) {
                PublishAck ack = connection.jetStream().publish(stream, new byte[] {2});
                node.published(stream, feed.positionOf(ack));
                publish(connection, 1);
            }
            awaitArrived(16);
            arrived.countDown();
            awaitRows(feed, 13);
        }
        List<String> others = new ArrayList<>(rows(1, 16));
        others.removeAll(List.of(stream + " 11", stream + " 13", stream + " 15"));
        assertThat(node.rows()).isEqualTo(others);
        assertThat(node.position(stream)).isEqualTo(16);
    }

    /** A restore sets the map back after a batch was collected: nothing of it is applied, and nothing is lost. */
    @Test
    void start_mapSetBackBeforeABatchIsCounted_continuesFromThere() throws Exception {
        create(Kind.TABLE, 100);
        publish(connection, 30);
        AtomicInteger restores = new AtomicInteger();
        node.beforeEachBatch(messages -> {
            if (contains(messages, 20) && restores.incrementAndGet() <= 2) {
                node.setBack(Positions.of(stream, StreamPosition.at(7)));
            }
        });
        try (NatsFeed feed = node.feed(streams()).maxBatch(4).start()) {
            awaitRows(feed, 30);
        }
        assertThat(node.rows()).isEqualTo(rows(1, 30));
        assertThat(restores).hasValueGreaterThanOrEqualTo(3);
    }

    /** Messages larger than jnats' limits for a subscription: the requests limit what is in memory. */
    @Test
    void start_manyLargeMessages_areReceivedOverOneConsumer() throws Exception {
        create(Kind.TABLE, 10_000);
        FaultyConnection observed = new FaultyConnection(connection);
        CountDownLatch arrived = holdFirstBatch();
        try (NatsFeed feed =
                node.feed(NatsStreams.of(observed.connection(), stream)).start()) {
            publish(connection, 1);
            Eventually.isTrue(() -> !node.batches().isEmpty(), feed);
            byte[] large = new byte[512 << 10];
            for (int i = 0; i < 160; i++) {
                connection.jetStream().publish(stream, large);
            }
            awaitArrived(161);
            arrived.countDown();
            awaitRows(feed, 161);
        }
        assertThat(observed.requests().stream().filter(subject -> subject.contains("CONSUMER.CREATE")))
                .hasSize(1);
    }

    @Test
    void builder_twoHandlersOrInvalidOptions_areRejected() throws Exception {
        node = new BatchNode(directory, Kind.FILE);
        NatsFeed.Builder builder = node.feed(streams());
        assertThatThrownBy(() -> builder.maxBatch(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.retryTimeout(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class);
        builder.handler(message -> {});
        assertThatThrownBy(builder::start).isInstanceOf(IllegalStateException.class);
    }

    private void create(Kind kind, long maxMessages) throws Exception {
        node = new BatchNode(directory, kind);
        EmptyStreams.create(connection, stream, maxMessages);
    }

    private NatsStreams streams() {
        return NatsStreams.of(connection, stream);
    }

    /** Holds the first batch until the returned latch is at zero. */
    private CountDownLatch holdFirstBatch() {
        CountDownLatch latch = new CountDownLatch(1);
        node.beforeEachBatch(messages -> latch.await());
        return latch;
    }

    /** Waits until the feed's connection has received messages: the server answers a flush after it has sent them. */
    private void awaitArrived(long count) throws Exception {
        Eventually.isTrue(
                () -> connection.jetStreamManagement().getConsumers(stream).stream()
                                .mapToLong(consumer -> consumer.getDelivered().getConsumerSequence())
                                .sum()
                        >= count,
                stream);
        connection.flush(Duration.ofSeconds(10));
    }

    private void awaitRows(NatsFeed feed, int count) throws Exception {
        Eventually.isTrue(() -> feed.end().isPresent() || node.rows().size() >= count, node);
        assertThat(feed.end()).isEmpty();
    }

    private void publish(Connection through, int count) throws Exception {
        List<CompletableFuture<PublishAck>> acknowledged = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            acknowledged.add(through.jetStream().publishAsync(stream, new byte[] {1}));
        }
        for (CompletableFuture<PublishAck> each : acknowledged) {
            each.get();
        }
    }

    private boolean tryToPublish(Connection through) {
        try {
            publish(through, 1);
            return true;
        } catch (Exception e) {
            return false;
        }
    }

    private List<String> rows(long first, long last) {
        return LongStream.rangeClosed(first, last)
                .mapToObj(sequence -> stream + " " + sequence)
                .toList();
    }

    private static boolean contains(List<StreamMessage> batch, long sequence) {
        return batch.stream().anyMatch(message -> message.at().sequence() == sequence);
    }
}
