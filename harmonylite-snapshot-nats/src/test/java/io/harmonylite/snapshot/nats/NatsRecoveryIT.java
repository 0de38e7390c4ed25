package io.harmonylite.snapshot.nats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.nats.FeedNode.Kind;
import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.recovery.RecoveryOutcome;
import io.harmonylite.snapshot.recovery.ResetDecision;
import io.harmonylite.snapshot.recovery.StreamGapException;
import io.harmonylite.snapshot.recovery.StreamResetException;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.nats.client.Connection;
import io.nats.client.JetStreamOptions;
import io.nats.client.NUID;
import io.nats.client.PublishOptions;
import io.nats.client.api.PublishAck;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams, feeds, snapshots in buckets and recovery together: after each fault all nodes end with equal rows. */
@Timeout(180)
@ExtendWith(NatsExtension.class)
class NatsRecoveryIT {

    private static final JetStreamOptions QUICK =
            JetStreamOptions.builder().requestTimeout(Duration.ofMillis(500)).build();

    private final Connection connection;
    private final String prefix = "recovery-" + NUID.nextGlobal();
    private final List<FeedNode> nodes = new ArrayList<>();
    private SnapshotStore store;

    @TempDir
    Path directory;

    NatsRecoveryIT(Connection connection) {
        this.connection = connection;
    }

    @AfterEach
    void cleanUp() throws Exception {
        nodes.forEach(FeedNode::close);
        for (String name : connection.jetStreamManagement().getStreamNames()) {
            if (name.contains(prefix)) {
                connection.jetStreamManagement().deleteStream(name);
            }
        }
    }

    /** A new node joins a stream that keeps 200 messages while messages are published (faults D3, D6, D9). */
    @ParameterizedTest
    @EnumSource
    void recover_lateJoinerUnderContinuousPublishing_appliesEachMessageOnce(Kind kind) throws Exception {
        createStreams(1, 200);
        FeedNode first = node("first", kind, 1);
        first.start();
        int total = 800;
        AtomicBoolean snapshots = new AtomicBoolean(true);
        ExecutorService executor = Executors.newFixedThreadPool(2);
        try {
            Future<Boolean> publishing = executor.submit(() -> publishPaced(first, total));
            Future<Boolean> taking = executor.submit(() -> {
                while (snapshots.get()) {
                    first.manager().take();
                }
                return true;
            });
            await(() -> first.texts().size() > 300);
            FeedNode late = node("late", kind, 1);
            int restored = startUntilEqual(late, total);
            assertThat(restored).isPositive();
            assertThat(publishing.get()).isTrue();
            snapshots.set(false);
            assertThat(taking.get()).isTrue();
            awaitTexts(first, total);
            assertThat(late.texts()).isEqualTo(numbers(total)).isEqualTo(first.texts());
        } finally {
            snapshots.set(false);
            executor.shutdownNow();
        }
    }

    /** Recovers and feeds as a host does, again after each gap; returns the number of restores. */
    private int startUntilEqual(FeedNode node, int total) throws Exception {
        int restored = 0;
        while (true) {
            try {
                restored += node.start().restored().isPresent() ? 1 : 0;
            } catch (StreamGapException e) {
                continue; // The newest snapshot is already too old; wait for the next one.
            }
            await(() -> node.texts().size() == total || node.running().end().isPresent());
            if (node.running().end().isEmpty()) {
                return restored;
            }
            assertThat(node.running().awaitEnd()).isInstanceOf(FeedEnd.Gap.class);
            node.stop();
        }
    }

    /** HarmonyLite goes on without 47 of 215 rows and reports that it is healthy (fault D7). */
    @ParameterizedTest
    @EnumSource
    void d07_runningNodeFallsBehind_recoversByOnlineRestore(Kind kind) throws Exception {
        createStreams(1, 100);
        FeedNode first = node("first", kind, 1);
        FeedNode slow = node("slow", kind, 1);
        first.start();
        slow.start();
        publishPaced(first, 50);
        awaitTexts(slow, 50);
        slow.hold();
        for (int from = 50; from < 400; from += 50) {
            publish(from, from + 50);
            awaitTexts(first, from + 50);
        }
        first.manager().take();
        slow.release();
        assertThat(slow.running().awaitEnd()).isInstanceOf(FeedEnd.Gap.class);
        try (java.sql.Connection reader = slow.reader();
                Statement statement = reader.createStatement()) {
            assertThat(slow.startOnline().plan().outcome()).isEqualTo(RecoveryOutcome.RESTORE);
            try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM applied")) {
                assertThat(rows.getInt(1)).isGreaterThanOrEqualTo(400);
            }
        }
        publish(400, 450);
        awaitTexts(slow, 450);
        awaitTexts(first, 450);
        assertThat(slow.texts()).isEqualTo(numbers(450)).isEqualTo(first.texts());
    }

    @ParameterizedTest
    @EnumSource
    void recover_gapWithoutSnapshot_stopsAndChangesNothing(Kind kind) throws Exception {
        createStreams(1, 10);
        FeedNode node = node("node", kind, 1);
        node.start();
        publish(0, 5);
        awaitTexts(node, 5);
        node.stop();
        publish(5, 50);
        assertThatThrownBy(node::start).isInstanceOf(StreamGapException.class);
        assertThat(node.texts()).isEqualTo(numbers(5));
    }

    /** HarmonyLite waits forever for the old sequences (fault D20). */
    @ParameterizedTest
    @EnumSource
    void d20_streamRecreated_stopsUntilOperatorDecides(Kind kind) throws Exception {
        createStreams(1, 1000);
        FeedNode node = node("node", kind, 1);
        node.start();
        publish(0, 30);
        awaitTexts(node, 30);
        node.stop();
        connection.jetStreamManagement().deleteStream(stream(1));
        createStreams(1, 1000);
        publish(30, 70);
        assertThatThrownBy(node::start).isInstanceOf(StreamResetException.class);
        node.manager().recover(RecoveryOptions.defaults().onReset(ResetDecision.replayFromFirst()));
        node.start();
        awaitTexts(node, 70);
        assertThat(node.texts()).isEqualTo(numbers(70));
    }

    /** Creation time and sequences are equal and the messages differ: only their timestamps show it. */
    @ParameterizedTest
    @EnumSource
    void recover_serverRolledBackToOlderStorage_stopsAndChangesNothing(Kind kind) throws Exception {
        try (NatsServer server = NatsServer.start(directory.resolve("server"));
                Connection own = server.connect()) {
            EmptyStreams.create(own, "orders", 1000);
            FeedNode node = new FeedNode(
                    directory.resolve("node"),
                    kind,
                    own,
                    NatsStreams.of(own, List.of("orders"), QUICK),
                    new InMemorySnapshotStore());
            nodes.add(node);
            node.start();
            publishUntilAcknowledged(own, 0, 5);
            awaitTexts(node, 5);
            server.stop();
            StorageCopy old = StorageCopy.of(server, directory.resolve("old"));
            server.start();
            publishUntilAcknowledged(own, 5, 10);
            awaitTexts(node, 10);
            node.stop();
            server.stop();
            old.putBack();
            server.start();
            publishUntilAcknowledged(own, 100, 108);
            assertThatThrownBy(node::start).isInstanceOf(StreamResetException.class);
            assertThat(node.texts()).isEqualTo(numbers(10));
        }
    }

    /** Publishes until the restarted server acknowledges each message; lost messages are published again. */
    private static void publishUntilAcknowledged(Connection through, int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            byte[] text = number(i).getBytes(UTF_8);
            String id = NUID.nextGlobal();
            await(() -> {
                try {
                    through.jetStream(QUICK)
                            .publish(
                                    "orders",
                                    text,
                                    PublishOptions.builder().messageId(id).build());
                    return true;
                } catch (IOException | IllegalStateException e) {
                    return false;
                }
            });
        }
    }

    /** HarmonyLite loses rows as soon as two nodes write (fault D4). */
    @ParameterizedTest
    @CsvSource({"FILE, 1", "FILE, 3", "TABLE, 1", "TABLE, 3"})
    void d04_twoWritersInterleaved_endEqual(Kind kind, int shards) throws Exception {
        assertTwoWritersEndEqual(kind, shards, 200);
    }

    @ParameterizedTest
    @CsvSource({"FILE, 1", "FILE, 3", "TABLE, 1", "TABLE, 3"})
    @Tag("slow")
    void d04_twoWritersWithManyRows_endEqual(Kind kind, int shards) throws Exception {
        assertTwoWritersEndEqual(kind, shards, 2000);
    }

    private void assertTwoWritersEndEqual(Kind kind, int shards, int each) throws Exception {
        createStreams(shards, 100_000);
        FeedNode one = node("one", kind, shards);
        FeedNode two = node("two", kind, shards);
        FeedNode third = node("third", kind, shards);
        ExecutorService executor = Executors.newFixedThreadPool(2);
        try {
            for (FeedNode node : List.of(one, two, third)) {
                node.start();
            }
            List<Callable<Boolean>> writers =
                    List.of(() -> writeMany(one, "one", each, shards), () -> writeMany(two, "two", each, shards));
            for (Future<Boolean> writer : executor.invokeAll(writers)) {
                assertThat(writer.get()).isTrue();
            }
        } finally {
            executor.shutdownNow();
        }
        for (FeedNode node : List.of(one, two, third)) {
            awaitTexts(node, 2 * each);
            await(() -> node.lag() == 0);
            assertThat(node.running().end()).isEmpty();
        }
        assertThat(one.texts()).hasSize(2 * each).isEqualTo(two.texts()).isEqualTo(third.texts());
    }

    /** HarmonyLite loses 597 of 600 rows here without any crash (fault D4). */
    @ParameterizedTest
    @EnumSource
    void d04_ownWritesBeforeReplayOf600Messages_endWithAll(Kind kind) throws Exception {
        createStreams(1, 10_000);
        FeedNode node = node("node", kind, 1);
        node.start();
        publish(0, 10);
        awaitTexts(node, 10);
        node.stop();
        publish(10, 610);
        for (int i = 0; i < 5; i++) {
            node.write(stream(1), "own " + i);
        }
        assertThat(node.start().plan().outcome()).isEqualTo(RecoveryOutcome.REPLAY);
        awaitTexts(node, 615);
        await(() -> node.lag() == 0);
        assertThat(node.texts().subList(0, 610)).isEqualTo(numbers(610));
        assertThat(node.texts().subList(610, 615)).containsExactly("own 0", "own 1", "own 2", "own 3", "own 4");
    }

    /**
     * The stream has dropped messages that the node needs, and the node's own rows are in no stream (faults D4, D8).
     */
    @ParameterizedTest
    @EnumSource
    void d08_stoppedWhileStreamDropsMessages_restoresAndKeepsOwnRows(Kind kind) throws Exception {
        createStreams(1, 100);
        FeedNode first = node("first", kind, 1);
        FeedNode node = node("node", kind, 1);
        first.start();
        node.start();
        publish(0, 10);
        awaitTexts(first, 10);
        awaitTexts(node, 10);
        node.stop();
        for (int from = 10; from < 610; from += 50) {
            publish(from, from + 50);
            awaitTexts(first, from + 50);
        }
        first.manager().take();
        for (int i = 0; i < 5; i++) {
            node.writeUnpublished("own " + i);
        }
        assertThat(node.start().plan().outcome()).isEqualTo(RecoveryOutcome.RESTORE);
        awaitTexts(node, 615);
        node.publishOutbox(stream(1));
        awaitTexts(first, 615);
        await(() -> node.lag() == 0);
        assertThat(first.texts()).hasSize(615).isEqualTo(node.texts());
        assertThat(node.texts().subList(0, 610)).isEqualTo(numbers(610));
        assertThat(node.texts().subList(610, 615)).containsExactly("own 0", "own 1", "own 2", "own 3", "own 4");
        assertThat(node.running().end()).isEmpty();
    }

    private boolean writeMany(FeedNode node, String writer, int count, int shards) throws Exception {
        for (int i = 0; i < count; i++) {
            node.write(stream(1 + i % shards), writer + " " + i);
        }
        return true;
    }

    /** Publishes texts up to a number at the rate at which a node applies them. */
    private boolean publishPaced(FeedNode node, int total) throws Exception {
        for (int at = 0; at < total; at += 25) {
            publish(at, at + 25);
            awaitTexts(node, Math.max(0, at - 75));
        }
        return true;
    }

    private void publish(int from, int to) throws Exception {
        List<CompletableFuture<PublishAck>> acknowledged = new ArrayList<>();
        for (int i = from; i < to; i++) {
            acknowledged.add(
                    connection.jetStream().publishAsync(stream(1), number(i).getBytes(UTF_8)));
        }
        for (CompletableFuture<PublishAck> each : acknowledged) {
            each.get();
        }
    }

    private void createStreams(int count, long maxMessages) throws Exception {
        for (int shard = 1; shard <= count; shard++) {
            EmptyStreams.create(connection, stream(shard), maxMessages);
        }
    }

    private String stream(int shard) {
        return prefix + "-c-" + shard;
    }

    private FeedNode node(String name, Kind kind, int shards) throws Exception {
        if (store == null) {
            store = NatsSnapshotStore.create(connection, prefix);
        }
        NatsStreams streams = NatsStreams.of(
                connection, HarmonyLiteShards.of(shards).withPrefix(prefix).streams());
        FeedNode node = new FeedNode(directory.resolve(name), kind, connection, streams, store);
        nodes.add(node);
        return node;
    }

    private static void awaitTexts(FeedNode node, int count) throws Exception {
        await(() -> node.texts().size() >= count);
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("the condition stays false");
            }
            Thread.sleep(10);
        }
    }

    private static String number(int i) {
        return String.format(Locale.ROOT, "%06d", i);
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(NatsRecoveryIT::number).toList();
    }
}
