package io.harmonylite.snapshot.nats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.PruneRequest;
import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.Retention;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.VerifyDepth;
import io.harmonylite.snapshot.WriteBarrier;
import io.harmonylite.snapshot.exception.IndeterminateCommitException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.exception.StoreUnavailableException;
import io.harmonylite.snapshot.exception.StreamGapException;
import io.harmonylite.snapshot.exception.StreamUnavailableException;
import io.harmonylite.snapshot.nats.FeedNode.Kind;
import io.harmonylite.snapshot.nats.testing.NatsCluster;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.PublishOptions;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything at once, for as long as {@code -Dsoak.minutes} says: writers publish to a cluster whose leader is killed again
 * and again; nodes apply, are stopped until they have missed messages, recover online and by swap; all of them take, and the
 * store is pruned. In the end all databases are equal, and nothing has leaked.
 */
@Tag("soak")
class SoakIT {

    private static final String STREAM = "soak";
    private static final int KEPT = 400;
    private static final int PACE = 50;
    private static final int AWAY = 0;
    private static final int ON_PURPOSE = 1;
    private static final int PLAIN = 2;

    @TempDir
    Path directory;

    private final Random random = new Random(Long.getLong("snapshot.seed", System.nanoTime()));
    private final Map<String, AtomicInteger> done = new TreeMap<>();
    private final List<FeedNode> nodes = new ArrayList<>();
    private final AtomicInteger published = new AtomicInteger();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private NatsCluster cluster;
    private Connection connection;
    private SnapshotStore store;
    private volatile long end = System.nanoTime() + Duration.ofDays(1).toNanos();

    @BeforeEach
    void start() throws Exception {
        cluster = NatsCluster.start(directory.resolve("cluster"));
        connection = cluster.connect();
        connection
                .jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name(STREAM)
                        .subjects(STREAM)
                        .maxMessages(KEPT)
                        .replicas(3)
                        .build());
        store = NatsSnapshotStore.builder(connection, "soak").replicas(3).create();
        for (String what : List.of("takes", "restores", "online restores", "prunes", "leader kills", "retried")) {
            done.put(what, new AtomicInteger());
        }
    }

    @AfterEach
    void end() throws Exception {
        end = System.nanoTime();
        executor.shutdownNow();
        nodes.forEach(FeedNode::close);
        store.close();
        connection.close();
        cluster.close();
    }

    private void did(String what) {
        done.get(what).incrementAndGet();
    }

    @Test
    void everythingAtOnce_forAsLongAsAsked_endsEqualAndLeaksNothing() throws Exception {
        for (Kind kind : List.of(Kind.FILE, Kind.TABLE, Kind.FILE)) {
            nodes.add(new FeedNode(
                    directory.resolve("node-" + nodes.size()),
                    kind,
                    connection,
                    NatsStreams.of(connection, STREAM),
                    store));
        }
        Resources before = warmUp();
        end = System.nanoTime()
                + Duration.ofMinutes(Long.getLong("soak.minutes", 2)).toNanos();
        List<Future<?>> works = new ArrayList<>();
        works.add(executor.submit(() -> untilOver(this::publish)));
        works.add(executor.submit(() -> untilOver(this::prune)));
        works.add(executor.submit(() -> untilOver(this::killLeader)));
        works.add(executor.submit(() -> untilOver(this::stay)));
        for (FeedNode node : nodes.subList(1, nodes.size())) {
            works.add(executor.submit(() -> untilOver(() -> live(node, random.nextInt(4)))));
        }
        for (Future<?> work : works) {
            work.get();
        }
        System.err.println("SoakIT: " + published.get() + " messages, " + done);
        assertAllEqual();
        assertSnapshotsAreWhole();
        assertThat(done.get("leader kills")).hasPositiveValue();
        assertThat(done.get("takes")).hasPositiveValue();
        assertNothingLeaks(before);
    }

    /** What is made once and stays is made before it is counted. */
    private Resources warmUp() throws Exception {
        for (int i = 0; i < 10; i++) {
            publish();
        }
        for (FeedNode node : nodes) {
            live(node, PLAIN);
        }
        return Resources.now();
    }

    private boolean isOver() {
        return System.nanoTime() - end > 0;
    }

    private Void untilOver(Action action) throws Exception {
        while (!isOver()) {
            try {
                action.run();
            } catch (StoreUnavailableException
                    | StreamUnavailableException
                    | StreamGapException
                    | SnapshotInProgressException
                    | SnapshotNotFoundException
                    | IndeterminateCommitException e) {
                did("retried"); // What they all say to do: try again.
            }
        }
        return null;
    }

    /** One message, as often as it takes until the stream has it; once, by its id. */
    private void publish() throws Exception {
        int number = published.get();
        if (number % PACE == PACE - 1) {
            await(() -> isOver() || nodes.get(0).texts().size() >= number - KEPT / 2);
        }
        PublishOptions options =
                PublishOptions.builder().messageId("message-" + number).build();
        try {
            connection.jetStream().publish(STREAM, text(number).getBytes(UTF_8), options);
            published.incrementAndGet();
        } catch (IOException | JetStreamApiException | IllegalStateException e) {
            did("retried"); // The leader is gone.
        }
    }

    private static String text(int number) {
        return String.format(java.util.Locale.ROOT, "%09d", number);
    }

    private void prune() throws InterruptedException {
        SnapshotRepository.of("orders", store)
                .prune(PruneRequest.keeping(Retention.keepLast(3)).grace(Duration.ofMinutes(10)));
        did("prunes");
        Thread.sleep(1000);
    }

    private void killLeader() throws Exception {
        NatsServer leader = cluster.leaderOf(STREAM);
        leader.kill();
        Thread.sleep(1000);
        leader.start();
        did("leader kills");
        Thread.sleep(6000);
    }

    /** The first node keeps up, so that there is always somebody who has everything, and a snapshot that covers. */
    private void stay() throws Exception {
        FeedNode first = nodes.get(0);
        if (first.running().end().isPresent()) {
            first.stop();
            first.start();
        }
        first.manager().take();
        did("takes");
        Thread.sleep(300);
    }

    /** As a host does: recovers, feeds and takes; sometimes it restores on purpose, sometimes it is away for too long. */
    private void live(FeedNode node, int chance) throws Exception {
        node.stop();
        if (chance == AWAY) {
            int missed = published.get() + KEPT;
            await(() -> isOver() || published.get() > missed);
        }
        boolean isOnline = random.nextBoolean();
        if (chance == ON_PURPOSE && node.isThere()) {
            RestoreRequest latest = RestoreRequest.latest();
            node.manager().restore(isOnline ? latest.online(WriteBarrier.nobodyWrites()) : latest);
            did(isOnline ? "online restores" : "restores");
        }
        boolean restored = (isOnline && node.isThere() ? node.startOnline() : node.start())
                .restored()
                .isPresent();
        if (restored) {
            did(isOnline ? "online restores" : "restores");
        }
        int enough = published.get();
        await(() -> isOver()
                || node.texts().size() >= enough
                || node.running().end().isPresent());
        node.manager().take();
        did("takes");
    }

    private void assertAllEqual() throws Exception {
        List<String> expected = Stream.iterate(0, number -> number + 1)
                .limit(published.get())
                .map(SoakIT::text)
                .toList();
        for (FeedNode node : nodes) {
            await(() -> hasAll(node));
            assertThat(node.texts()).isEqualTo(expected);
        }
    }

    /** A node that was stopped goes on; one that has missed messages restores. */
    private boolean hasAll(FeedNode node) throws Exception {
        try {
            if (node.running().end().isPresent()) {
                node.stop();
                node.start();
            }
            return node.texts().size() == published.get();
        } catch (SnapshotException e) {
            nodes.get(0).manager().take(); // The newest snapshot is too old for it.
            return false;
        }
    }

    private void assertSnapshotsAreWhole() {
        SnapshotRepository repository = SnapshotRepository.of("orders", store);
        List<SnapshotInfo> listed = repository.list().snapshots();
        assertThat(listed).isNotEmpty();
        for (SnapshotInfo snapshot : listed) {
            assertThat(repository.verify(snapshot.id(), VerifyDepth.REBUILD).problem())
                    .isEmpty();
        }
    }

    private void assertNothingLeaks(Resources before) throws Exception {
        nodes.forEach(FeedNode::close);
        executor.shutdown();
        await(executor::isTerminated);
        await(() -> Resources.now().isNoMoreThan(before));
        for (int number = 0; number < nodes.size(); number++) {
            try (Stream<Path> files = Files.list(directory.resolve("node-" + number))) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .allMatch(name -> List.of("orders.db", "orders.seq-map", "orders.seq-map.lock")
                                .contains(name));
            }
        }
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("it does not happen; now " + Resources.now());
            }
            Thread.sleep(20);
        }
    }

    @FunctionalInterface
    private interface Action {
        void run() throws Exception;
    }
}
