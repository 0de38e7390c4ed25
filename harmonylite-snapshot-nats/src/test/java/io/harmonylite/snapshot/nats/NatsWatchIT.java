package io.harmonylite.snapshot.nats;

import static io.harmonylite.snapshot.nats.WatchedNode.EVERY;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.VerifyDepth;
import io.harmonylite.snapshot.lease.SnapshotLease.Held;
import io.harmonylite.snapshot.nats.FeedNode.Kind;
import io.harmonylite.snapshot.nats.WatchedNode.Timing;
import io.harmonylite.snapshot.nats.testing.NatsCluster;
import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.recovery.RecoveryReport;
import io.harmonylite.snapshot.testing.HookedStore;
import io.harmonylite.snapshot.watch.WatchOutcome;
import io.nats.client.Connection;
import io.nats.client.NUID;
import io.nats.client.PublishOptions;
import io.nats.client.PurgeOptions;
import io.nats.client.api.StreamConfiguration;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes at three servers; the loop of each takes a snapshot after every so many messages. */
@Timeout(300)
@ExtendWith(NatsExtension.class)
class NatsWatchIT {

    private static final Timing CALM = new Timing(Duration.ofSeconds(30), Duration.ofSeconds(5));
    private static final Timing LEASE_ENDS = new Timing(Duration.ofSeconds(2), Duration.ofSeconds(5));
    private static final Timing SERVER_DIES = new Timing(Duration.ofSeconds(2), Duration.ofSeconds(1));
    private static final int AHEAD = 30;

    @TempDir
    Path directory;

    private final NatsCluster cluster;
    private final Connection connection;
    private final String stream = "watch-" + NUID.nextGlobal();
    private final List<WatchedNode> nodes = new ArrayList<>();
    private final AtomicLong acknowledged = new AtomicLong();
    private final List<NatsServer> killed = new ArrayList<>();
    private Timing timing = CALM;
    private SnapshotRepository repository;

    NatsWatchIT(NatsCluster cluster) throws Exception {
        this.cluster = cluster;
        this.connection = cluster.connect();
    }

    @BeforeEach
    void createStreamAndStore() throws Exception {
        StreamConfiguration configuration = StreamConfiguration.builder()
                .name(stream)
                .subjects(stream)
                .replicas(3)
                .build();
        Patience.answer(() -> connection.jetStreamManagement().addStream(configuration));
        repository = SnapshotRepository.of("orders", WatchedNode.store(connection, stream, SERVER_DIES));
    }

    @AfterEach
    void closeAll() throws Exception {
        for (WatchedNode node : nodes) {
            node.close();
        }
        connection.close();
        for (NatsServer server : killed) {
            server.start();
        }
    }

    @Test
    void d21_thresholdReachedAtANodeWithoutTheLease_isTakenThereAndOnce() throws Exception {
        WatchedNode one = held("one");
        WatchedNode two = held("two");
        WatchedNode three = held("three");
        nodes.forEach(WatchedNode::watch);
        one.feed().release();
        publish(0, EVERY);
        awaitTaken("10 by one");
        one.feed().hold();
        two.feed().release();
        publish(EVERY, 2 * EVERY);
        awaitTaken("10 by one", "20 by two");
        two.feed().hold();
        try (Held leading = one.leading()) {
            three.feed().release();
            publish(2 * EVERY, 3 * EVERY);
            until(() -> three.reported(WatchOutcome.BUSY));
            assertThat(leading.isHeld()).isTrue();
            assertThat(taken()).hasSize(2);
        }
        awaitTaken("10 by one", "20 by two", "30 by three");
        nodes.forEach(node -> node.feed().release());
        awaitTexts(3 * EVERY);
        awaitMoreLooks();
        assertThat(taken()).containsExactly("10 by one", "20 by two", "30 by three");
        assertFreshNodeRestores(newest(), Kind.TABLE, 3 * EVERY);
    }

    @Test
    void start_allReachTheThresholdTogether_oneOfThemTakes() throws Exception {
        for (String name : List.of("one", "two", "three")) {
            WatchedNode node = held(name);
            node.feed().release();
            node.watch();
        }
        for (int round = 1; round <= 2; round++) {
            publish((round - 1) * EVERY, round * EVERY);
            awaitTexts(round * EVERY);
            long last = acknowledged.get();
            until(() -> newestPosition() == last);
            awaitMoreLooks();
        }
        assertThat(positions()).containsExactly(10L, 20L);
    }

    @Test
    void start_leaderOfTheStreamKilledWhileMessagesGoOn_takesOnAndAFreshNodeMissesNothing() throws Exception {
        timing = SERVER_DIES;
        for (String name : List.of("one", "two", "three")) {
            WatchedNode node = node(name, Kind.FILE);
            node.feed().start();
            node.watch();
        }
        int total = publishWhile(() -> {
            until(() -> newestPosition() >= 2 * EVERY);
            kill(cluster.leaderOf(stream));
            long last = acknowledged.get() + 1; // What the old leader acknowledged last may be on its way.
            until(() -> newestPosition() > last);
            return true;
        });
        awaitTexts(total);
        until(() -> nodes.stream().allMatch(WatchedNode::isGoingOn));
        nodes.forEach(node -> node.feed().manager().close());
        assertFreshNodeRestores(newest(), Kind.FILE, total);
    }

    /** There the late one replaced the snapshot of the other. */
    @Test
    void d25_pausedPastItsLeaseWhileAnotherTakes_replacesNothingAndSaysSo() throws Exception {
        timing = LEASE_ENDS;
        Gate gate = new Gate();
        WatchedNode paused = node("paused", Kind.TABLE, (number, call, object) -> {
            if (call.equals("put") && object.startsWith("orders/manifests/")) {
                gate.pass();
            }
        });
        paused.feed().start();
        WatchedNode other = held("other");
        WatchedNode third = held("third");
        paused.watch();
        publish(0, EVERY);
        until(gate::isReached);
        publish(EVERY, EVERY + 5);
        other.feed().release();
        third.feed().release();
        awaitTexts(EVERY + 5);
        paused.loseLease();
        other.watch();
        awaitTaken("15 by other");
        third.watch();
        until(() -> !paused.hasLease());
        gate.open();
        awaitTaken("10 by paused", "15 by other");
        until(() -> paused.reported(WatchOutcome.DONE));
        assertThat(paused.leasesLost()).isEqualTo(1);
        assertThat(other.leasesLost()).isZero();
        awaitMoreLooks();
        assertThat(taken()).containsExactly("10 by paused", "15 by other");
        for (SnapshotInfo snapshot : repository.list().snapshots()) {
            assertThat(repository.verify(snapshot.id(), VerifyDepth.REBUILD).problem())
                    .isEmpty();
        }
        assertThat(newest().id().node()).isEqualTo("other");
        assertFreshNodeRestores(newest(), Kind.TABLE, EVERY + 5);
    }

    private WatchedNode node(String name, Kind kind) throws Exception {
        return node(name, kind, (number, call, object) -> {});
    }

    private WatchedNode node(String name, Kind kind, HookedStore.Hook hook) throws Exception {
        WatchedNode node = new WatchedNode(directory.resolve(name), kind, cluster, stream, timing, hook);
        nodes.add(node);
        return node;
    }

    /** A node that applies nothing before it is released. */
    private WatchedNode held(String name) throws Exception {
        WatchedNode node = node(name, Kind.TABLE);
        node.feed().hold();
        node.feed().start();
        return node;
    }

    private void kill(NatsServer server) {
        killed.add(server);
        server.kill();
    }

    private void publish(int from, int to) throws Exception {
        for (int number = from; number < to; number++) {
            publish(number);
        }
    }

    /** As often as it takes until the stream has it. */
    private void publish(int number) throws Exception {
        PublishOptions once = PublishOptions.builder().messageId(text(number)).build();
        byte[] text = text(number).getBytes(UTF_8);
        acknowledged.set(Patience.answer(
                        () -> connection.jetStream(SERVER_DIES.options()).publish(stream, text, once))
                .getSeqno());
    }

    /** Publishes while something else is done; answers how many messages. */
    private int publishWhile(Callable<Boolean> work) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService publisher = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> publishing = publisher.submit(() -> publishUntil(over));
            assertThat(work.call()).isTrue();
            over.set(true);
            return publishing.get();
        } finally {
            publisher.shutdownNow();
        }
    }

    /** As fast as all nodes apply. */
    private int publishUntil(AtomicBoolean over) throws Exception {
        int number = 0;
        while (!over.get()) {
            publish(number);
            number++;
            int least = number - AHEAD;
            until(() -> allHave(least));
        }
        return number;
    }

    private boolean allHave(int count) throws Exception {
        for (WatchedNode node : nodes) {
            if (node.feed().texts().size() < count) {
                return false;
            }
        }
        return true;
    }

    private void awaitTexts(int count) throws Exception {
        until(() -> allHave(count));
        for (WatchedNode node : nodes) {
            assertThat(node.feed().texts()).isEqualTo(texts(count));
        }
    }

    /** Until each loop has begun and ended a look. */
    private void awaitMoreLooks() throws Exception {
        for (WatchedNode node : nodes) {
            int enough = node.looks() + 2; // One may have begun before.
            until(() -> node.looks() >= enough);
        }
    }

    private void awaitTaken(String... expected) throws Exception {
        until(() -> taken().equals(List.of(expected)));
    }

    private void until(Callable<Boolean> condition) throws Exception {
        Patience.until(condition, nodes);
    }

    /** What a snapshot holds is gone from the stream. */
    private void assertFreshNodeRestores(SnapshotInfo snapshot, Kind kind, int total) throws Exception {
        PurgeOptions held =
                PurgeOptions.builder().sequence(position(snapshot) + 1).build();
        Patience.answer(() -> connection.jetStreamManagement().purgeStream(stream, held));
        WatchedNode fresh = node("fresh", kind);
        RecoveryReport report = fresh.feed().start();
        assertThat(report.restored().orElseThrow().snapshot().id()).isEqualTo(snapshot.id());
        publish(total, total + 5);
        awaitTexts(total + 5);
    }

    /** Who took at which position, in the order of positions. */
    private List<String> taken() {
        return repository.list().snapshots().stream()
                .map(snapshot -> position(snapshot) + " by " + snapshot.id().node())
                .sorted()
                .toList();
    }

    private List<Long> positions() {
        return repository.list().snapshots().stream()
                .map(this::position)
                .sorted()
                .toList();
    }

    private SnapshotInfo newest() throws Exception {
        return Patience.answer(() -> repository.latest().orElseThrow());
    }

    private long newestPosition() {
        return repository.latest().map(this::position).orElse(0L);
    }

    private long position(SnapshotInfo snapshot) {
        return snapshot.positions().of(stream).map(StreamPosition::sequence).orElse(0L);
    }

    private static String text(int number) {
        return String.format(Locale.ROOT, "%06d", number);
    }

    private static List<String> texts(int count) {
        return IntStream.range(0, count).mapToObj(NatsWatchIT::text).toList();
    }

    /** Where a call waits until it is let through; all that come later pass. */
    private static final class Gate {

        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch open = new CountDownLatch(1);

        void pass() throws InterruptedIOException {
            reached.countDown();
            try {
                open.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException(e.toString());
            }
        }

        boolean isReached() {
            return reached.getCount() == 0;
        }

        void open() {
            open.countDown();
        }
    }
}
