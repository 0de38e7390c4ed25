package io.harmonylite.snapshot.nats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.PruneRequest;
import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.RetentionPolicy;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.VerifyDepth;
import io.harmonylite.snapshot.WriteBarrier;
import io.harmonylite.snapshot.exception.IndeterminateCommitException;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.exception.StoreUnavailableException;
import io.harmonylite.snapshot.exception.StreamUnavailableException;
import io.harmonylite.snapshot.nats.FeedNode.Kind;
import io.harmonylite.snapshot.nats.testing.NatsCluster;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.recovery.StreamGapException;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.PublishOptions;
import io.nats.client.api.ClusterInfo;
import io.nats.client.api.Replica;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfoOptions;
import io.nats.client.api.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * All operations at once, for {@code -Dsoak.minutes} minutes. Writers publish to a cluster whose leaders are killed
 * repeatedly. Nodes apply messages, stop until they have missed some, and recover online and by swap. All nodes take
 * snapshots, and the store is pruned. At the end all databases are equal and no resource has leaked.
 */
@Tag("soak")
class SoakIT {

    private static final String STREAM = "soak";
    private static final int KEPT = 1000;
    private static final int PACE = 50;
    private static final String BUCKET = "soak";

    /** The stream of messages and the streams of the store's objects. */
    private static final List<String> STREAMS = List.of(STREAM, "OBJ_" + BUCKET, "OBJ_" + BUCKET + "-packs");

    private static final RetentionPolicy KEEPS_THREE = RetentionPolicy.keepLast(3);
    private static final int AWAY = 0;
    private static final int ON_PURPOSE = 1;

    @TempDir
    Path directory;

    private final Random random = printedSeed();
    private final Map<String, AtomicInteger> done = new TreeMap<>();
    private final List<FeedNode> nodes = new ArrayList<>();
    private final AtomicInteger published = new AtomicInteger();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private NatsCluster cluster;
    private Connection connection;
    private SnapshotStore store;
    private volatile long end = System.nanoTime() + Duration.ofDays(1).toNanos();

    private static Random printedSeed() {
        long seed = Long.getLong("snapshot.seed", System.nanoTime());
        System.err.println("SoakIT: -Dsnapshot.seed=" + seed);
        return new Random(seed);
    }

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
        store = NatsSnapshotStore.builder(connection, BUCKET).replicas(3).create();
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

    private void count(String what) {
        done.get(what).incrementAndGet();
    }

    @Test
    void allOperations_leadersKilled_endEqualAndLeakNothing() throws Exception {
        Resources before = warmUp();
        startNodes();
        end = System.nanoTime()
                + Duration.ofMinutes(Long.getLong("soak.minutes", 2)).toNanos();
        for (Future<?> work : submitAll()) {
            work.get();
        }
        System.err.println("SoakIT: " + published.get() + " messages, " + done);
        finishPublishing();
        assertAllEqual();
        assertSnapshotsAreWhole();
        assertStoreHoldsNothingElse();
        assertThat(done).allSatisfy((what, times) -> assertThat(times).as(what).hasPositiveValue());
        assertNothingLeaks(before);
    }

    private List<Future<?>> submitAll() {
        List<Future<?>> works = new ArrayList<>();
        works.add(executor.submit(() -> repeatUntilEnd(this::publish)));
        works.add(executor.submit(() -> repeatUntilEnd(this::prune)));
        works.add(executor.submit(() -> repeatUntilEnd(this::killLeader)));
        works.add(executor.submit(() -> repeatUntilEnd(this::keepUpAndTake)));
        for (FeedNode node : nodes.subList(1, nodes.size())) {
            Iterator<Boolean> online =
                    Stream.iterate(random.nextBoolean(), isOnline -> !isOnline).iterator();
            works.add(executor.submit(
                    () -> repeatUntilEnd(() -> restartAndTake(node, random.nextInt(4), online.next()))));
        }
        return works;
    }

    /** Allocates lasting resources before the first count, by nodes that are closed again. */
    private Resources warmUp() throws Exception {
        for (int i = 0; i < 10; i++) {
            publish();
        }
        for (Kind kind : Kind.values()) {
            try (FeedNode node = node("warm-" + kind, kind)) {
                for (boolean isOnline : List.of(false, true)) {
                    restartAndTake(node, ON_PURPOSE, isOnline);
                }
            }
        }
        done.values().forEach(times -> times.set(0));
        Resources before = Resources.now();
        System.err.println("SoakIT: before, " + before);
        return before;
    }

    private FeedNode node(String name, Kind kind) throws IOException {
        return new FeedNode(directory.resolve(name), kind, connection, NatsStreams.of(connection, STREAM), store);
    }

    private void startNodes() throws Exception {
        for (Kind kind : List.of(Kind.FILE, Kind.TABLE, Kind.FILE)) {
            FeedNode node = node("node-" + nodes.size(), kind);
            nodes.add(node);
            node.start();
        }
    }

    private boolean isOver() {
        return System.nanoTime() - end > 0;
    }

    /** Repeats an action until the time is over; if it fails, all others end. */
    private Void repeatUntilEnd(Action action) throws Exception {
        try {
            while (!isOver()) {
                retryIfUnavailable(action);
            }
        } catch (Exception | Error e) {
            end = System.nanoTime();
            throw e;
        }
        return null;
    }

    private void retryIfUnavailable(Action action) throws Exception {
        int taken = done.get("takes").get();
        try {
            action.run();
        } catch (StoreUnavailableException
                | StreamUnavailableException
                | SnapshotInProgressException
                | IndeterminateCommitException e) {
            count("retried"); // These exceptions ask for another attempt.
            await("the cluster serves", () -> isOver() || isServed());
        } catch (StreamGapException | SnapshotNotFoundException e) {
            count("retried"); // The snapshot no longer covers the stream; the first node takes a new one.
            System.err.println("SoakIT: " + e);
            await("a newer snapshot", () -> isOver() || done.get("takes").get() > taken);
        }
    }

    /** Returns whether each stream has a leader that answers. */
    private boolean isServed() {
        return STREAMS.stream().allMatch(stream -> info(stream).isPresent());
    }

    /** Returns whether all replicas are current, so that any server may be killed. */
    private boolean isSettled() {
        return STREAMS.stream()
                .allMatch(stream -> info(stream).filter(SoakIT::isSettled).isPresent());
    }

    private static boolean isSettled(ClusterInfo cluster) {
        return cluster.getReplicas() != null && cluster.getReplicas().stream().allMatch(Replica::isCurrent);
    }

    private Optional<ClusterInfo> info(String stream) {
        try {
            return Optional.ofNullable(
                    connection.jetStreamManagement().getStreamInfo(stream).getClusterInfo());
        } catch (IOException | JetStreamApiException | IllegalStateException e) {
            return Optional.empty(); // No answer; the caller asks again.
        }
    }

    /** Publishes one message until the stream has it; its id prevents duplicates. */
    private void publish() throws Exception {
        int number = published.get();
        if (number % PACE == PACE - 1) {
            pace(Duration.ofMillis(200)); // Slows publication so that a snapshot covers the stream for some seconds.
            await("the first node keeps up", () -> isOver() || nodes.get(0).count() >= number - KEPT / 2);
        }
        if (!tryToPublish(number)) {
            count("retried");
            await("the stream has a leader", () -> isOver() || info(STREAM).isPresent());
        }
    }

    /** Returns whether the stream has acknowledged the message. */
    private boolean tryToPublish(int number) {
        PublishOptions options =
                PublishOptions.builder().messageId("message-" + number).build();
        try {
            connection.jetStream().publish(STREAM, text(number).getBytes(UTF_8), options);
            published.incrementAndGet();
            return true;
        } catch (IOException | JetStreamApiException | IllegalStateException e) {
            return false; // The leader was killed; the message may be stored or not.
        }
    }

    /** Publishes the last message again, since its outcome may be unknown; its id prevents a duplicate. */
    private void finishPublishing() throws Exception {
        await("the cluster serves", this::isServed);
        await("the last message is published", () -> tryToPublish(published.get()));
    }

    private static String text(int number) {
        return String.format(java.util.Locale.ROOT, "%09d", number);
    }

    private void prune() throws InterruptedException {
        SnapshotRepository.of("orders", store)
                .prune(PruneRequest.retain(KEEPS_THREE).gracePeriod(Duration.ofMinutes(10)));
        count("prunes");
        pace(Duration.ofSeconds(1));
    }

    /** Kills a leader, with a pause in which all others make progress. */
    private void killLeader() throws Exception {
        await("the replicas are current", () -> isOver() || isSettled());
        pace(Duration.ofSeconds(8));
        NatsServer leader = cluster.leaderOf(STREAMS.get(random.nextInt(STREAMS.size())));
        leader.kill();
        try {
            pace(Duration.ofSeconds(1));
        } finally {
            leader.start();
        }
        count("leader kills");
    }

    /** Pauses for the other tasks; no assertion depends on it. */
    private void pace(Duration time) throws InterruptedException {
        Thread.sleep(Math.max(
                0,
                Math.min(
                        time.toMillis(),
                        Duration.ofNanos(end - System.nanoTime()).toMillis())));
    }

    /** Keeps the first node up to date, so that one node has all messages and a snapshot covers the stream. */
    private void keepUpAndTake() throws Exception {
        FeedNode first = nodes.get(0);
        if (first.running().end().isPresent()) {
            first.stop();
            first.start();
        }
        first.manager().take();
        count("takes");
        pace(Duration.ofMillis(300));
    }

    /**
     * Recovers, feeds and takes as a host does; sometimes restores on request, sometimes stays stopped until it has
     * missed messages.
     */
    private void restartAndTake(FeedNode node, int chance, boolean isOnline) throws Exception {
        node.stop();
        if (chance == AWAY) {
            int missed = published.get() + KEPT;
            await("messages are published", () -> isOver() || published.get() > missed);
        }
        if (chance == ON_PURPOSE && node.isThere()) {
            RestoreRequest latest = RestoreRequest.latest();
            node.manager().restore(isOnline ? latest.online(WriteBarrier.noWriters()) : latest);
            count(isOnline ? "online restores" : "restores");
        }
        boolean restored = (isOnline && node.isThere() ? node.startOnline() : node.start())
                .restored()
                .isPresent();
        if (restored) {
            count(isOnline ? "online restores" : "restores");
        }
        int enough = published.get();
        await(
                "the node keeps up",
                () -> isOver() || node.count() >= enough || node.running().end().isPresent());
        node.manager().take();
        count("takes");
    }

    private void assertAllEqual() throws Exception {
        List<String> expected = Stream.iterate(0, number -> number + 1)
                .limit(published.get())
                .map(SoakIT::text)
                .toList();
        for (FeedNode node : nodes) {
            await("the node has all", () -> hasAll(node));
            assertThat(node.texts()).isEqualTo(expected);
            assertThat(node.lag()).isZero();
            assertThat(integrity(node)).isEqualTo("ok");
        }
    }

    /** Restarts a stopped node; a node that has missed messages restores. */
    private boolean hasAll(FeedNode node) throws Exception {
        try {
            if (node.running().end().isPresent()) {
                node.stop();
                node.start();
            }
            return node.count() >= published.get() && node.lag() == 0;
        } catch (StreamGapException | SnapshotNotFoundException e) {
            nodes.get(0).manager().take(); // The newest snapshot is too old for this node.
            return false;
        }
    }

    private static String integrity(FeedNode node) throws SQLException {
        try (java.sql.Connection reader = node.reader();
                Statement statement = reader.createStatement();
                ResultSet result = statement.executeQuery("PRAGMA integrity_check")) {
            return result.getString(1);
        }
    }

    private void assertSnapshotsAreWhole() throws IOException {
        Path scratch = Files.createDirectory(directory.resolve("scratch"));
        SnapshotRepository repository = SnapshotRepository.builder("orders", store)
                .scratchDirectory(scratch)
                .build();
        List<SnapshotInfo> listed = repository.list().snapshots();
        assertThat(listed).isNotEmpty();
        for (SnapshotInfo snapshot : listed) {
            assertThat(repository.verify(snapshot.id(), VerifyDepth.REBUILD).problem())
                    .isEmpty();
        }
        assertThat(scratch).isEmptyDirectory();
    }

    /** A sweep leaves only snapshots and removes partial objects of killed leaders. */
    private void assertStoreHoldsNothingElse() throws Exception {
        SnapshotRepository repository = SnapshotRepository.of("orders", store);
        repository.prune(PruneRequest.retain(KEEPS_THREE).gracePeriod(Duration.ZERO));
        List<String> expected = new ArrayList<>();
        for (SnapshotInfo snapshot : repository.list().snapshots()) {
            expected.add("orders/manifests/" + snapshot.id());
            expected.add("orders/packs/" + snapshot.id() + "-000000");
        }
        assertThat(store.list("")).extracting(ObjectInfo::name).containsExactlyInAnyOrderElementsOf(expected);
        try (NatsSnapshotStore sweeper = NatsSnapshotStore.builder(connection, BUCKET)
                .orphanGrace(Duration.ZERO)
                .open()) {
            System.err.println("SoakIT: " + sweeper.sweepOrphans() + " unfinished objects swept");
        }
        for (String stream : STREAMS.subList(1, STREAMS.size())) {
            assertThat(subjects(stream, ".C.")).hasSameSizeAs(subjects(stream, ".M."));
        }
    }

    private List<String> subjects(String stream, String part) throws IOException, JetStreamApiException {
        return connection
                .jetStreamManagement()
                .getStreamInfo(stream, StreamInfoOptions.allSubjects())
                .getStreamState()
                .getSubjects()
                .stream()
                .map(Subject::getName)
                .filter(subject -> subject.contains(part))
                .toList();
    }

    private void assertNothingLeaks(Resources before) throws Exception {
        nodes.forEach(FeedNode::close);
        executor.shutdown();
        await("all works end", executor::isTerminated);
        await(
                "nothing is lost",
                () -> Resources.now().leakedSince(before).isEmpty(),
                () -> String.join("\n", Resources.now().leakedSince(before)));
        System.err.println("SoakIT: after, " + Resources.now());
        for (int number = 0; number < nodes.size(); number++) {
            try (Stream<Path> files = Files.list(directory.resolve("node-" + number))) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .isSubsetOf("orders.db", "orders.seq-map", "orders.seq-map.lock");
            }
        }
    }

    private static void await(String what, Callable<Boolean> condition) throws Exception {
        await(what, condition, () -> Resources.now().toString());
    }

    private static void await(String what, Callable<Boolean> condition, Callable<String> instead) throws Exception {
        long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("timeout while waiting until " + what + ": " + instead.call());
            }
            Thread.sleep(20);
        }
    }

    @FunctionalInterface
    private interface Action {
        void run() throws Exception;
    }
}
