package io.harmonylite.snapshot.nats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.internal.sqlite.ReservedNames;
import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.stream.Arrival;
import io.harmonylite.snapshot.stream.StreamMessage;
import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.JetStreamOptions;
import io.nats.client.NUID;
import io.nats.client.Nats;
import io.nats.client.api.PublishAck;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteDataSource;

@Timeout(120)
@ExtendWith(NatsExtension.class)
class NatsFeedIT {

    private static final JetStreamOptions QUICK =
            JetStreamOptions.builder().requestTimeout(Duration.ofMillis(400)).build();

    private final Connection connection;
    private final String stream = "feed-" + NUID.nextGlobal();
    private final List<Long> applied = Collections.synchronizedList(new ArrayList<>());
    private final List<FeedEnd> ends = Collections.synchronizedList(new ArrayList<>());
    private FileSequenceMap map;

    @TempDir
    Path directory;

    NatsFeedIT(Connection connection) {
        this.connection = connection;
    }

    @AfterEach
    void cleanUp() throws Exception {
        if (map != null) {
            map.close();
        }
        for (String name : connection.jetStreamManagement().getStreamNames()) {
            if (name.startsWith(stream)) {
                connection.jetStreamManagement().deleteStream(name);
            }
        }
    }

    // Delivery in order, from the position on

    @Test
    void start_storedAndNewMessages_areDeliveredInOrder() throws Exception {
        create(connection, 10_000);
        publish(connection, 50);
        try (NatsFeed feed = feed(connection).start()) {
            awaitApplied(50);
            publish(connection, 100);
            awaitApplied(150);
            assertThat(feed.lag()).containsEntry(stream, 0L);
            assertThat(feed.end()).isEmpty();
        }
        assertThat(applied).isEqualTo(numbers(1, 150));
        StreamPosition position = map().positions().of(stream).orElseThrow();
        assertThat(position.sequence()).isEqualTo(150);
        assertThat(position.timestamp())
                .isEqualTo(NatsStreams.of(connection, stream)
                        .timestampAt(stream, 150)
                        .orElseThrow());
        assertThat(position.streamCreated())
                .isEqualTo(NatsStreams.of(connection, stream)
                        .state(stream)
                        .orElseThrow()
                        .created());
        assertThat(ends).containsExactly(new FeedEnd.Closed());
    }

    @Test
    void start_message_carriesSubjectHeadersAndData() throws Exception {
        create(connection, 10);
        connection.jetStream().publish(stream, new Headers().add("a", "1", "2"), "data".getBytes(UTF_8));
        List<StreamMessage> messages = Collections.synchronizedList(new ArrayList<>());
        try (NatsFeed feed = feed(connection).handler(messages::add).start()) {
            await(() -> !messages.isEmpty());
            assertThat(feed.end()).isEmpty();
        }
        StreamMessage message = messages.get(0);
        assertThat(message.subject()).isEqualTo(stream);
        assertThat(message.headers()).containsEntry("a", List.of("1", "2"));
        assertThat(message.data()).isEqualTo("data".getBytes(UTF_8));
        assertThat(message.skipped()).isEmpty();
        assertThat(message.toString()).contains(stream).doesNotContain("data");
    }

    @Test
    void start_again_resumesAfterPosition() throws Exception {
        create(connection, 10_000);
        for (int round = 1; round <= 3; round++) {
            publish(connection, 50);
            try (NatsFeed feed = feed(connection).maxInFlight(2 + round).start()) {
                awaitApplied(50 * round);
                assertThat(feed.end()).isEmpty();
            }
        }
        assertThat(applied).isEqualTo(numbers(1, 150));
    }

    @Test
    void start_tableMapAndFailingHandler_appliesExactlyOnce() throws Exception {
        create(connection, 10_000);
        publish(connection, 100);
        SQLiteDataSource replica = replica();
        TableSequenceMap table = TableSequenceMap.create();
        AtomicInteger calls = new AtomicInteger();
        FeedHandler handler = message -> {
            try (java.sql.Connection own = replica.getConnection()) {
                own.setAutoCommit(false);
                if (message.countIn(table.in(own))) {
                    insert(own, message.at().sequence());
                }
                failEverySeventeenth(calls, "before the commit");
                own.commit();
            }
            failEverySeventeenth(calls, "after the commit");
        };
        NatsStreams streams = NatsStreams.of(connection, stream);
        while (rows(replica).size() < 100) {
            try (NatsFeed feed = NatsFeed.builder(streams, table, replica)
                    .handler(handler)
                    .onEnd(ends::add)
                    .start()) {
                await(() -> feed.end().isPresent() || rows(replica).size() == 100);
            }
        }
        assertThat(rows(replica)).isEqualTo(numbers(1, 100));
        assertThat(ends).hasSizeGreaterThan(10);
    }

    /** Two restores before the same message: each time the feed goes back, and no message is lost or repeated. */
    @Test
    void start_tableMapSetBackTwiceBeforeOneMessage_appliesAllAndDoesNotEnd() throws Exception {
        create(connection, 10_000);
        publish(connection, 10);
        SQLiteDataSource replica = replica();
        TableSequenceMap table = TableSequenceMap.create();
        AtomicInteger restores = new AtomicInteger();
        FeedHandler handler = message -> {
            if (message.at().sequence() == 6 && restores.incrementAndGet() <= 2) {
                setBackTo(replica, 3);
            }
            try (java.sql.Connection own = replica.getConnection()) {
                own.setAutoCommit(false);
                if (message.countIn(table.in(own))) {
                    insert(own, message.at().sequence());
                }
                own.commit();
            }
        };
        try (NatsFeed feed = NatsFeed.builder(NatsStreams.of(connection, stream), table, replica)
                .handler(handler)
                .start()) {
            await(() -> feed.end().isPresent() || rows(replica).size() == 10);
            assertThat(feed.end()).isEmpty();
        }
        assertThat(rows(replica)).isEqualTo(numbers(1, 10));
        assertThat(restores).hasValue(3);
    }

    /** Sets rows and position back, as a restore does. */
    private void setBackTo(SQLiteDataSource replica, long sequence) throws Exception {
        try (java.sql.Connection own = replica.getConnection();
                Statement statement = own.createStatement()) {
            own.setAutoCommit(false);
            statement.executeUpdate("DELETE FROM applied WHERE sequence > " + sequence);
            statement.executeUpdate("UPDATE " + ReservedNames.POSITIONS + " SET sequence = " + sequence
                    + ", time = NULL WHERE stream = '" + stream + "'");
            own.commit();
        }
    }

    /** A host's own publications move the map without messages of the feed; their messages may be dropped by then. */
    @Test
    void start_ownPublicationsDroppedBeforeTheyArrive_areNoGap() throws Exception {
        create(connection, 4);
        publish(connection, 1);
        SQLiteDataSource replica = replica();
        TableSequenceMap table = TableSequenceMap.create();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch holding = new CountDownLatch(1);
        FeedHandler handler = message -> {
            entered.countDown();
            holding.await();
            try (java.sql.Connection own = replica.getConnection()) {
                own.setAutoCommit(false);
                if (message.countIn(table.in(own))) {
                    insert(own, message.at().sequence());
                }
                own.commit();
            }
        };
        try (NatsFeed feed = NatsFeed.builder(NatsStreams.of(connection, stream), table, replica)
                .handler(handler)
                .maxInFlight(2)
                .start()) {
            entered.await();
            for (int i = 0; i < 10; i++) {
                PublishAck ack = connection.jetStream().publish(stream, new byte[] {2});
                try (java.sql.Connection own = replica.getConnection()) {
                    own.setAutoCommit(false);
                    table.in(own).published(stream, feed.positionOf(ack));
                    own.commit();
                }
            }
            publish(connection, 4);
            holding.countDown();
            await(() -> feed.end().isPresent() || rows(replica).size() == 5);
            assertThat(feed.end()).isEmpty();
        }
        assertThat(rows(replica)).containsExactly(1L, 12L, 13L, 14L, 15L);
    }

    private static void failEverySeventeenth(AtomicInteger calls, String when) {
        if (calls.incrementAndGet() % 17 == 0) {
            throw new IllegalStateException("planned, " + when);
        }
    }

    @Test
    void start_severalStreamsOnOneThread_appliesAll() throws Exception {
        List<String> names = List.of(stream + "-1", stream + "-2", stream + "-3");
        for (String name : names) {
            create(connection, name, 1000);
            publish(connection, name, 50);
        }
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try {
            List<String> seen = Collections.synchronizedList(new ArrayList<>());
            try (NatsFeed feed = NatsFeed.builder(NatsStreams.of(connection, names), map())
                    .handler(message ->
                            seen.add(message.stream() + " " + message.at().sequence()))
                    .onEnd(ends::add)
                    .executor(executor)
                    .start()) {
                await(() -> seen.size() == 150);
                assertThat(feed.lag().values()).containsOnly(0L);
            }
            for (String name : names) {
                assertThat(seen.stream().filter(entry -> entry.startsWith(name + " ")))
                        .isEqualTo(
                                numbers(1, 50).stream().map(n -> name + " " + n).toList());
            }
            assertThat(executor.submit(() -> 7).get()).isEqualTo(7);
            assertThat(ends).hasSize(1);
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void start_executorShutDown_endsAsFailed() throws Exception {
        create(connection, 100);
        ExecutorService executor = Executors.newSingleThreadExecutor();
        NatsFeed feed = feed(connection).executor(executor).start();
        publish(connection, 1);
        awaitApplied(1);
        executor.shutdown();
        assertThat(feed.awaitEnd()).isInstanceOf(FeedEnd.Failed.class);
    }

    // Gaps and resets

    @Test
    void start_messagesDropped_endsWithGapAndAppliesNothing() throws Exception {
        create(connection, 10);
        publish(connection, 5);
        try (NatsFeed feed = feed(connection).start()) {
            awaitApplied(5);
            assertThat(feed.end()).isEmpty();
        }
        publish(connection, 25);
        NatsFeed behind = feed(connection).start();
        assertThat(behind.awaitEnd())
                .isEqualTo(new FeedEnd.Gap(stream, new SequenceRange(6, 20), Arrival.Cause.DROPPED));
        assertThat(behind.failure().orElseThrow()).contains("messages 6 to 20", stream, "recover");
        assertThat(applied).isEqualTo(numbers(1, 5));
    }

    /** Returns how many messages the server has delivered to the feed's consumer. */
    private long delivered() throws Exception {
        return connection.jetStreamManagement().getConsumers(stream).stream()
                .mapToLong(consumer -> consumer.getDelivered().getConsumerSequence())
                .sum();
    }

    /** A running node falls behind the messages that the stream keeps (fault D7). */
    @Test
    void d07_fallsBehindWhileRunning_endsWithGap() throws Exception {
        create(connection, 20);
        publish(connection, 1);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch holding = new CountDownLatch(1);
        NatsFeed feed = feed(connection)
                .maxInFlight(4)
                .handler(message -> {
                    entered.countDown();
                    holding.await();
                    applied.add(message.at().sequence());
                })
                .start();
        entered.await();
        publish(connection, 3);
        await(() -> delivered() == 4); // The request is used up: the server delivers nothing while it drops messages.
        publish(connection, 196);
        holding.countDown();
        FeedEnd.Gap gap = (FeedEnd.Gap) feed.awaitEnd();
        assertThat(gap.cause()).isEqualTo(Arrival.Cause.DROPPED);
        assertThat(gap.range().last()).isEqualTo(180);
        assertThat(applied).isEqualTo(numbers(1, gap.range().first() - 1));
        assertThat(map().positions().of(stream).orElseThrow().sequence())
                .isEqualTo(gap.range().first() - 1);
    }

    @Test
    void start_messageDeleted_endsWithGapUnlessAllowed() throws Exception {
        create(connection, 100);
        publish(connection, 6);
        connection.jetStreamManagement().deleteMessage(stream, 3);
        connection.jetStreamManagement().deleteMessage(stream, 4);
        assertThat(feed(connection).start().awaitEnd())
                .isEqualTo(new FeedEnd.Gap(stream, new SequenceRange(3, 4), Arrival.Cause.DELETED));
        assertThat(applied).isEqualTo(numbers(1, 2));
        ends.clear();
        try (NatsFeed feed =
                feed(NatsStreams.of(connection, stream).allowDeletedMessages()).start()) {
            awaitApplied(4);
            assertThat(feed.end()).isEmpty();
        }
        assertThat(applied).containsExactly(1L, 2L, 5L, 6L);
        assertThat(map().positions().of(stream).orElseThrow().sequence()).isEqualTo(6);
    }

    /** The stream was deleted and created again (fault D20). */
    @ParameterizedTest
    @ValueSource(ints = {0, 3, 5, 50})
    void d20_streamRecreated_endsWithReset(int again) throws Exception {
        create(connection, 1000);
        publish(connection, 5);
        NatsFeed feed = feed(connection).start();
        awaitApplied(5);
        feed.close();
        connection.jetStreamManagement().deleteStream(stream);
        create(connection, 1000);
        publish(connection, again);
        assertThat(feed(connection).start().awaitEnd()).isInstanceOf(FeedEnd.Reset.class);
        assertThat(applied).hasSize(5);
    }

    @Test
    void start_streamRecreatedWhileRunning_endsWithReset() throws Exception {
        create(connection, 1000);
        publish(connection, 5);
        NatsFeed feed = feed(connection).start();
        awaitApplied(5);
        connection.jetStreamManagement().deleteStream(stream);
        create(connection, 1000);
        publish(connection, 20);
        assertThat(feed.awaitEnd()).isInstanceOf(FeedEnd.Reset.class);
        assertThat(applied).hasSize(5);
    }

    @Test
    void start_streamMissing_endsWithReset() throws Exception {
        assertThat(feed(connection).start().awaitEnd()).isInstanceOf(FeedEnd.Reset.class);
    }

    @Test
    void start_serverRolledBackToOlderStorage_endsWithReset() throws Exception {
        try (NatsServer server = NatsServer.start(directory.resolve("server"));
                Connection own = server.connect()) {
            create(own, 1000);
            publish(own, 5);
            server.stop();
            StorageCopy old = StorageCopy.of(server, directory.resolve("old"));
            server.start();
            NatsFeed feed = quick(own).start();
            await(() -> tryToPublish(own));
            publish(own, 4);
            awaitApplied(10);
            server.stop();
            old.putBack();
            server.start();
            await(() -> tryToPublish(own, 8));
            assertThat(feed.awaitEnd()).isInstanceOf(FeedEnd.Reset.class);
            assertThat(applied).isEqualTo(numbers(1, 10));
        }
    }

    /** The server lost messages that the node had applied, and other publishers fill the stream during the check. */
    @Test
    void start_streamRefilledDuringCheck_endsWithReset() throws Exception {
        create(connection, 1000);
        publish(connection, 5);
        Instant created =
                NatsStreams.of(connection, stream).state(stream).orElseThrow().created();
        for (long sequence = 1; sequence <= 10; sequence++) {
            map().applied(stream, new StreamPosition(sequence, created, created));
        }
        FaultyConnection observed = new FaultyConnection(connection);
        observed.afterFirst(subject -> subject.contains("STREAM.MSG.GET." + stream), () -> {
            publish(connection, 8);
            return true;
        });
        try (NatsFeed feed = feed(observed.connection()).start()) {
            await(() -> feed.end().isPresent() || !applied.isEmpty());
            assertThat(feed.end()).containsInstanceOf(FeedEnd.Reset.class);
        }
        assertThat(applied).isEmpty();
    }

    // Broken connections and servers

    /** HarmonyLite's consumer is deleted after 5 seconds without a connection and is never created again (fault N2). */
    @Test
    void n02_serverKilledAndRestarted_losesNoMessage() throws Exception {
        try (NatsServer server = NatsServer.start(directory.resolve("server"));
                Connection own = server.connect();
                NatsFeed feed = quick(own).start()) {
            create(own, 10_000);
            long expected = 0;
            for (int round = 0; round < 3; round++) {
                publish(own, 50);
                expected += 50;
                server.kill();
                server.start();
                await(() -> tryToPublish(own));
                expected++;
                awaitApplied(expected);
            }
            assertThat(applied).isEqualTo(numbers(1, expected));
            assertThat(feed.end()).isEmpty();
        }
    }

    @Test
    void n02_consumerDeleted_losesNoMessage() throws Exception {
        create(connection, 10_000);
        try (NatsFeed feed = feed(connection).start()) {
            for (int round = 1; round <= 3; round++) {
                publish(connection, 20);
                awaitApplied(20 * round);
                for (String consumer : connection.jetStreamManagement().getConsumerNames(stream)) {
                    connection.jetStreamManagement().deleteConsumer(stream, consumer);
                }
            }
            publish(connection, 20);
            awaitApplied(80);
            assertThat(feed.end()).isEmpty();
        }
        assertThat(applied).isEqualTo(numbers(1, 80));
    }

    @Test
    void start_noPermission_endsAsFailed() throws Exception {
        try (NatsServer server = NatsServer.start(
                        directory.resolve("server"),
                        "authorization { users: [ { user: writer, password: w }, { user: reader, password: r,"
                                + " permissions: { publish: { deny: [\"$JS.API.CONSUMER.CREATE.>\"] } } } ] }");
                Connection writer = connect(server, "writer", "w");
                Connection reader = connect(server, "reader", "r")) {
            create(writer, 100);
            FeedEnd.Failed failed = (FeedEnd.Failed) feed(reader).start().awaitEnd();
            assertThat(failed.cause()).hasMessageContaining("CONSUMER.CREATE");
        }
    }

    // Own publications

    /**
     * In HarmonyLite, an acknowledgement of an own message moves the position past messages that were not applied
     * (fault D4).
     */
    @Test
    void d04_ownPublicationsWhileMessagesArePending_loseNoMessage() throws Exception {
        create(connection, 10_000);
        publish(connection, 150);
        NatsFeed unstarted = feed(connection).start();
        unstarted.close();
        int before = applied.size();
        List<Long> own = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            PublishAck ack = connection.jetStream().publish(stream, new byte[] {2});
            own.add(ack.getSeqno());
            map().published(stream, unstarted.positionOf(ack));
        }
        assertThat(map().positions().of(stream).map(StreamPosition::sequence).orElse(0L))
                .isLessThanOrEqualTo(150);
        publish(connection, 10);
        try (NatsFeed feed = feed(connection).start()) {
            awaitApplied(160);
            assertThat(feed.end()).isEmpty();
        }
        assertThat(before).isLessThanOrEqualTo(150);
        assertThat(applied).hasSize(160).doesNotContainAnyElementsOf(own);
        assertThat(map().positions().of(stream).orElseThrow().sequence()).isEqualTo(165);
    }

    @Test
    void positionOf_unfollowedStream_isRejected() throws Exception {
        create(connection, 10);
        create(connection, stream + "-other", 10);
        PublishAck ack = connection.jetStream().publish(stream + "-other", new byte[] {1});
        try (NatsFeed feed = feed(connection).start()) {
            assertThatThrownBy(() -> feed.positionOf(ack)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    // Failing handlers, ends and threads

    @Test
    void start_handlerThrowsException_keepsPositionAndEndsAsFailed() throws Exception {
        create(connection, 100);
        publish(connection, 5);
        FeedEnd.Failed failed = (FeedEnd.Failed) feed(connection)
                .handler(message -> {
                    if (message.at().sequence() == 3) {
                        throw new IOException("planned");
                    }
                    applied.add(message.at().sequence());
                })
                .start()
                .awaitEnd();
        assertThat(failed.cause()).hasMessage("planned");
        assertThat(failed.sentence()).contains(stream, "IOException: planned");
        assertThat(map().positions().of(stream).orElseThrow().sequence()).isEqualTo(2);
        ends.clear();
        try (NatsFeed feed = feed(connection).start()) {
            awaitApplied(5);
            assertThat(feed.end()).isEmpty();
        }
        assertThat(applied).isEqualTo(numbers(1, 5));
    }

    @Test
    void start_handlerThrowsError_keepsPositionAndEndsAsFailed() throws Exception {
        create(connection, 100);
        publish(connection, 1);
        NatsFeed feed = feed(connection)
                .handler(message -> {
                    throw new StackOverflowError("planned");
                })
                .start();
        await(() -> feed.end().isPresent());
        FeedEnd.Failed failed = (FeedEnd.Failed) feed.awaitEnd();
        assertThat(failed.cause()).hasRootCauseMessage("planned").hasMessageContaining(stream);
        assertThat(map().positions().of(stream).map(StreamPosition::sequence).orElse(0L))
                .isZero();
        assertThat(ends).containsExactly(failed);
        feed.close();
    }

    @Test
    void close_handlerRunning_waitsForItAndLeavesNoThread() throws Exception {
        create(connection, 100);
        publish(connection, 5);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch holding = new CountDownLatch(1);
        NatsFeed feed = feed(connection)
                .handler(message -> {
                    entered.countDown();
                    holding.await();
                    applied.add(message.at().sequence());
                })
                .start();
        entered.await();
        Thread closer = new Thread(feed::close);
        closer.start();
        await(() -> feed.end().isPresent());
        holding.countDown();
        closer.join();
        assertThat(applied).containsExactly(1L);
        assertThat(map().positions().of(stream).orElseThrow().sequence()).isEqualTo(1);
        await(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("snapshot-feed-" + stream)));
        assertThat(connection.jetStreamManagement().getConsumerNames(stream)).isEmpty();
    }

    @Test
    void close_calledFromHandlerAndOnEnd_returns() throws Exception {
        create(connection, 100);
        publish(connection, 5);
        CountDownLatch ended = new CountDownLatch(1);
        NatsFeed[] feed = new NatsFeed[1];
        CountDownLatch started = new CountDownLatch(1);
        feed[0] = feed(connection)
                .handler(message -> {
                    started.await();
                    applied.add(message.at().sequence());
                    feed[0].close();
                })
                .onEnd(end -> {
                    feed[0].close();
                    ends.add(end);
                    ended.countDown();
                })
                .start();
        started.countDown();
        assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(feed[0].awaitEnd()).isEqualTo(new FeedEnd.Closed());
        assertThat(applied).containsExactly(1L);
        assertThat(ends).hasSize(1);
    }

    @Test
    void builder_missingOrInvalidOption_isRejected() {
        NatsFeed.Builder builder = NatsFeed.builder(NatsStreams.of(connection, stream), map());
        assertThatThrownBy(builder::start).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> builder.maxInFlight(1)).isInstanceOf(IllegalArgumentException.class);
    }

    private NatsFeed.Builder feed(Connection through) {
        return feed(NatsStreams.of(through, stream));
    }

    private NatsFeed.Builder quick(Connection through) {
        return feed(NatsStreams.of(through, List.of(stream), QUICK));
    }

    private NatsFeed.Builder feed(NatsStreams streams) {
        return NatsFeed.builder(streams, map())
                .handler(message -> applied.add(message.at().sequence()))
                .onEnd(ends::add);
    }

    private synchronized FileSequenceMap map() {
        if (map == null) {
            map = FileSequenceMap.open(directory.resolve("positions"));
        }
        return map;
    }

    private void create(Connection through, long maxMessages) throws Exception {
        create(through, stream, maxMessages);
    }

    private static void create(Connection through, String name, long maxMessages) throws Exception {
        EmptyStreams.create(through, name, maxMessages);
    }

    private void publish(Connection through, int count) throws Exception {
        publish(through, stream, count);
    }

    private static void publish(Connection through, String subject, int count) throws Exception {
        JetStream jetStream = through.jetStream();
        List<CompletableFuture<PublishAck>> acknowledged = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            acknowledged.add(jetStream.publishAsync(subject, new byte[] {1}));
        }
        for (CompletableFuture<PublishAck> each : acknowledged) {
            each.get();
        }
    }

    /** Publishes one message; returns false if the server is not back yet. */
    private boolean tryToPublish(Connection through) {
        try {
            publish(through, 1);
            return true;
        } catch (Exception e) {
            return false;
        }
    }

    private boolean tryToPublish(Connection through, int count) {
        for (int i = 0; i < count; i++) {
            if (!tryToPublish(through)) {
                return false;
            }
        }
        return true;
    }

    private void awaitApplied(long count) throws Exception {
        await(() -> applied.size() >= count || ends.stream().anyMatch(end -> !(end instanceof FeedEnd.Closed)));
        assertThat(applied.size()).as("ends: %s", ends).isGreaterThanOrEqualTo((int) count);
    }

    private static void await(Condition condition) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("the condition stays false");
            }
            Thread.sleep(5);
        }
    }

    private static List<Long> numbers(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }

    private SQLiteDataSource replica() throws Exception {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + directory.resolve("replica.db"));
        try (java.sql.Connection own = source.getConnection();
                Statement statement = own.createStatement()) {
            statement.executeUpdate("CREATE TABLE applied (sequence INTEGER NOT NULL)");
        }
        return source;
    }

    private static void insert(java.sql.Connection own, long sequence) throws Exception {
        try (PreparedStatement row = own.prepareStatement("INSERT INTO applied VALUES (?)")) {
            row.setLong(1, sequence);
            row.executeUpdate();
        }
    }

    private static List<Long> rows(SQLiteDataSource source) throws Exception {
        List<Long> rows = new ArrayList<>();
        try (java.sql.Connection own = source.getConnection();
                Statement statement = own.createStatement();
                ResultSet result = statement.executeQuery("SELECT sequence FROM applied ORDER BY rowid")) {
            while (result.next()) {
                rows.add(result.getLong(1));
            }
        }
        return rows;
    }

    private static Connection connect(NatsServer server, String user, String password) throws Exception {
        return Nats.connect(server.options()
                .userInfo(user.toCharArray(), password.toCharArray())
                .build());
    }

    private interface Condition {
        boolean holds() throws Exception;
    }
}
