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
import io.nats.client.NUID;
import io.nats.client.PublishOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams, feed, snapshots in buckets and recovery together: whatever happens, all nodes end equal. */
@Timeout(180)
@ExtendWith(NatsExtension.class)
class NatsRecoveryIT {

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

    /** D3, D6, D9: a new node beside a stream that keeps 200 messages, while messages keep coming. */
    @ParameterizedTest
    @EnumSource
    void recover_lateJoinerUnderContinuousPublishing_missesNothingAndRepeatsNothing(Kind kind) throws Exception {
        createStreams(1, 200);
        FeedNode first = node("first", kind, 1);
        first.start();
        int total = 1500;
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
            await(() -> first.texts().size() > 400);
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

    /** As a host does: recover, feed, and after each gap again. Answers how often a snapshot was restored. */
    private int startUntilEqual(FeedNode node, int total) throws Exception {
        int restored = 0;
        while (true) {
            try {
                restored += node.start().restored().isPresent() ? 1 : 0;
            } catch (StreamGapException e) {
                continue; // The newest snapshot is too old already; a newer one comes.
            }
            await(() -> node.texts().size() == total || node.running().end().isPresent());
            if (node.running().end().isEmpty()) {
                return restored;
            }
            assertThat(node.running().awaitEnd()).isInstanceOf(FeedEnd.Gap.class);
            node.stop();
        }
    }

    /** D7: the original runs on without 47 of 215 rows, and says it is healthy. */
    @ParameterizedTest
    @EnumSource
    void d07_nodeFallsBehindWhileItRuns_recoversByRestoreOnline(Kind kind) throws Exception {
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

    /** D20: the original waits for ever for the old numbers. */
    @ParameterizedTest
    @EnumSource
    void d20_streamMadeAnew_stopsUntilAPersonDecides(Kind kind) throws Exception {
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

    /** The same creation time, the same sequences, other messages: only their timestamps tell. */
    @ParameterizedTest
    @EnumSource
    void recover_serverSetBackToOlderStorage_stopsAndChangesNothing(Kind kind) throws Exception {
        try (NatsServer server = NatsServer.start(directory.resolve("server"));
                Connection own = server.connect()) {
            EmptyStreams.create(own, "orders", 1000);
            FeedNode node = new FeedNode(
                    directory.resolve("node"), kind, own, NatsStreams.of(own, "orders"), new InMemorySnapshotStore());
            nodes.add(node);
            node.start();
            publishPatiently(own, 0, 5);
            awaitTexts(node, 5);
            server.stop();
            StorageCopy old = StorageCopy.of(server, directory.resolve("old"));
            server.start();
            publishPatiently(own, 5, 10);
            awaitTexts(node, 10);
            node.stop();
            server.stop();
            old.putBack();
            server.start();
            publishPatiently(own, 100, 108);
            assertThatThrownBy(node::start).isInstanceOf(StreamResetException.class);
            assertThat(node.texts()).isEqualTo(numbers(10));
        }
    }

    /** A server that starts again is not there at once; a text that got lost on the way is published again. */
    private static void publishPatiently(Connection through, int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            byte[] text = number(i).getBytes(UTF_8);
            String id = NUID.nextGlobal();
            await(() -> {
                try {
                    through.jetStream()
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

    /** D4: the original loses rows as soon as two nodes write. */
    @ParameterizedTest
    @CsvSource({"FILE, 1", "FILE, 3", "TABLE, 1", "TABLE, 3"})
    void d04_twoWritersInterleaved_endEqual(Kind kind, int shards) throws Exception {
        createStreams(shards, 100_000);
        FeedNode one = node("one", kind, shards);
        FeedNode two = node("two", kind, shards);
        FeedNode third = node("third", kind, shards);
        int each = 1000;
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

    /** D4, the worst of it: 597 of 600 rows are lost, and no crash is needed. */
    @ParameterizedTest
    @EnumSource
    void d04_stoppedWhile600Arrive_writesOwnBeforeItStarts_endsWithAll(Kind kind) throws Exception {
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

    /** D4 and D8 at once: the stream has dropped what the node needs, and its own rows are in no stream. */
    @ParameterizedTest
    @EnumSource
    void d08_stoppedWhile600ArriveAndMostAreDropped_restoresAndKeepsItsOwn(Kind kind) throws Exception {
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

    /** Publishes texts up to a number, as fast as a node applies. */
    private boolean publishPaced(FeedNode node, int total) throws Exception {
        for (int at = 0; at < total; at += 25) {
            publish(at, at + 25);
            awaitTexts(node, Math.max(0, at - 75));
        }
        return true;
    }

    private void publish(int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            connection.jetStream().publish(stream(1), number(i).getBytes(UTF_8));
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
                throw new AssertionError("it does not happen");
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
