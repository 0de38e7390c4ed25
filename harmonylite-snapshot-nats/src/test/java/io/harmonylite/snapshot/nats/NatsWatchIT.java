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

/** Three nodes on three servers; the loop of each node takes a snapshot after every ten messages. */
@Timeout(300)
@ExtendWith(NatsExtension.class)
class NatsWatchIT {

    private static final Timing UNDISTURBED = new Timing(Duration.ofSeconds(30), Duration.ofSeconds(5));
    private static final Timing SHORT_LEASE = new Timing(Duration.ofSeconds(2), Duration.ofSeconds(5));
    private static final Timing SHORT_REQUESTS = new Timing(Duration.ofSeconds(2), Duration.ofSeconds(1));
    private static final int AHEAD = 30;

    @TempDir
    Path directory;

    private final NatsCluster cluster;
    private final Connection connection;
    private final String stream = "watch-" + NUID.nextGlobal();
    private final List<WatchedNode> nodes = new ArrayList<>();
    private final AtomicLong acknowledged = new AtomicLong();
    private final List<NatsServer> killed = new ArrayList<>();
    private Timing timing = UNDISTURBED;
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
        Eventually.get(() -> connection.jetStreamManagement().addStream(configuration));
        repository = SnapshotRepository.of("orders", WatchedNode.store(connection, stream, SHORT_REQUESTS));
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
    void d21_thresholdReachedOnNodeWithoutLease_takesThereOnce() throws Exception {
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
        try (Held lease = one.acquireLease()) {
            three.feed().release();
            publish(2 * EVERY, 3 * EVERY);
            until(() -> three.reported(WatchOutcome.BUSY));
            assertThat(lease.isHeld()).isTrue();
            assertThat(taken()).hasSize(2);
        }
        awaitTaken("10 by one", "20 by two", "30 by three");
        nodes.forEach(node -> node.feed().release());
        awaitTexts(3 * EVERY);
        awaitMoreChecks();
        assertThat(taken()).containsExactly("10 by one", "20 by two", "30 by three");
        assertFreshNodeRestores(newest(), Kind.TABLE, 3 * EVERY);
    }

    @Test
    void start_allNodesReachThreshold_oneTakes() throws Exception {
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
            awaitMoreChecks();
        }
        assertThat(positions()).containsExactly(10L, 20L);
    }

    @Test
    void start_streamLeaderKilled_keepsTakingAndNewNodeLosesNoMessage() throws Exception {
        timing = SHORT_REQUESTS;
        for (String name : List.of("one", "two", "three")) {
            WatchedNode node = node(name, Kind.FILE);
            node.feed().start();
            node.watch();
        }
        int total = publishWhile(() -> {
            until(() -> newestPosition() >= 2 * EVERY);
            kill(cluster.leaderOf(stream));
            long last = acknowledged.get() + 1; // The message acknowledged last may still be on its way.
            until(() -> newestPosition() > last);
            return true;
        });
        awaitTexts(total);
        until(() -> nodes.stream().allMatch(WatchedNode::lastCheckSucceeded));
        nodes.forEach(node -> node.feed().manager().close());
        assertFreshNodeRestores(newest(), Kind.FILE, total);
    }

    /** In HarmonyLite, the late node replaced the other node's snapshot (fault D25). */
    @Test
    void d25_pausedPastLeaseWhileAnotherTakes_replacesNothingAndReportsLoss() throws Exception {
        timing = SHORT_LEASE;
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
        paused.disconnectLease();
        other.watch();
        awaitTaken("15 by other");
        third.watch();
        until(() -> !paused.hasLease());
        gate.open();
        awaitTaken("10 by paused", "15 by other");
        until(() -> paused.reported(WatchOutcome.DONE));
        assertThat(paused.leasesLost()).isEqualTo(1);
        assertThat(other.leasesLost()).isZero();
        awaitMoreChecks();
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

    /** Creates a node that applies no message until it is released. */
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

    /** Publishes a message and repeats it until the stream acknowledges it. */
    private void publish(int number) throws Exception {
        PublishOptions once = PublishOptions.builder().messageId(text(number)).build();
        byte[] text = text(number).getBytes(UTF_8);
        acknowledged.set(Eventually.get(
                        () -> connection.jetStream(SHORT_REQUESTS.options()).publish(stream, text, once))
                .getSeqno());
    }

    /** Publishes while other work is done; returns the number of messages. */
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

    /** Publishes at the rate at which all nodes apply. */
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

    /** Waits until each loop has begun and ended another check. */
    private void awaitMoreChecks() throws Exception {
        for (WatchedNode node : nodes) {
            int enough = node.checks() + 2; // One check may have begun before.
            until(() -> node.checks() >= enough);
        }
    }

    private void awaitTaken(String... expected) throws Exception {
        until(() -> taken().equals(List.of(expected)));
    }

    private void until(Callable<Boolean> condition) throws Exception {
        Eventually.isTrue(condition, nodes);
    }

    /** Purges the messages that a snapshot contains, and recovers a new node from it. */
    private void assertFreshNodeRestores(SnapshotInfo snapshot, Kind kind, int total) throws Exception {
        PurgeOptions held =
                PurgeOptions.builder().sequence(position(snapshot) + 1).build();
        Eventually.get(() -> connection.jetStreamManagement().purgeStream(stream, held));
        WatchedNode fresh = node("fresh", kind);
        RecoveryReport report = fresh.feed().start();
        assertThat(report.restored().orElseThrow().snapshot().id()).isEqualTo(snapshot.id());
        publish(total, total + 5);
        awaitTexts(total + 5);
    }

    /** Returns position and node of each snapshot, in order. */
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
        return Eventually.get(() -> repository.latest().orElseThrow());
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

    /** Blocks the first call until it is opened; later calls pass. */
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
