package io.harmonylite.snapshot.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.WriteBarrier;
import io.harmonylite.snapshot.exception.HandoverRejectedException;
import io.harmonylite.snapshot.exception.UnknownPositionsException;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteExportRequest;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteRestoreRequest;
import io.harmonylite.snapshot.nats.HarmonyLiteMember.Kind;
import io.harmonylite.snapshot.nats.HarmonyLiteTables.Load;
import io.harmonylite.snapshot.nats.testing.HarmonyLiteProgram;
import io.harmonylite.snapshot.nats.testing.NatsCluster;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.recovery.RecoveryOutcome;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.trim.MemberPositions;
import io.harmonylite.snapshot.trim.TrimPolicy;
import io.harmonylite.snapshot.trim.TrimReport;
import io.nats.client.Connection;
import io.nats.client.PurgeOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Members on the JVM in a cluster of the real HarmonyLite. Node 1 writes. Node 2 writes nothing, and the members must end
 * with its tables: a node that writes loses rows to its own faults (D4, N10).
 */
@Timeout(300)
class HarmonyLiteClusterIT {

    private static final String BUCKET = "harmonylite-changes-snapshot-store";
    private static final int MILLIS_BETWEEN_COMMITS = 12;

    @TempDir
    Path directory;

    private final long seed = System.nanoTime();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Map<Long, HarmonyLiteProgram> nodes = new TreeMap<>();
    private final List<HarmonyLiteMember> members = new ArrayList<>();
    private Connection nats;
    private NatsServer server;
    private NatsStreams streams;
    private SnapshotStore store;
    private Path base;
    private int shards = 1;
    private int maxEntries = 100_000;
    private int replicas = 1;
    private String urls;
    private Load load = new Load(seed, false);

    @BeforeEach
    void requireProgram() throws Exception {
        assumeTrue(HarmonyLiteProgram.find().isPresent(), HarmonyLiteProgram.missing());
        System.out.println("seed " + seed);
        base = directory.resolve("base.db");
        HarmonyLiteTables.create(base);
        store = keep(FileSystemSnapshotStore.create(directory.resolve("store")));
    }

    @AfterEach
    void close() throws Exception {
        for (HarmonyLiteMember member : members) {
            member.close();
        }
        for (HarmonyLiteProgram node : nodes.values()) {
            node.close();
        }
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    private <T extends AutoCloseable> T keep(T resource) {
        opened.add(resource);
        return resource;
    }

    /** Starts a server and the two nodes on copies of the base. */
    private void startCluster() throws Exception {
        server = keep(NatsServer.start(directory.resolve("server")));
        urls = "[\"" + server.url() + "\"]";
        nats = keep(server.connect());
        startNodes();
    }

    private void startNodes() throws Exception {
        streams = NatsStreams.of(nats, HarmonyLiteShards.of(shards).streams());
        node(1).start();
        node(2).start();
    }

    private HarmonyLiteProgram node(long number) throws Exception {
        HarmonyLiteProgram known = nodes.get(number);
        if (known != null) {
            return known;
        }
        Path files = Files.createDirectories(directory.resolve("node-" + number));
        HarmonyLiteProgram node = new HarmonyLiteProgram(files, number, server)
                .set("nats", "urls", urls)
                .set("replication_log", "shards", Integer.toString(shards))
                .set("replication_log", "max_entries", Integer.toString(maxEntries))
                .set("replication_log", "replicas", Integer.toString(replicas));
        Files.copy(base, node.database());
        nodes.put(number, node);
        return node;
    }

    private HarmonyLiteMember member(String name, Kind kind) throws Exception {
        Path files = Files.createDirectories(directory.resolve(name));
        return member(files.resolve("data.db"), files.resolve("seq-map"), kind);
    }

    private HarmonyLiteMember member(Path database, Path map, Kind kind) {
        HarmonyLiteMember member = new HarmonyLiteMember(database, map, kind, streams, store);
        members.add(member);
        return member;
    }

    /** Starts a member on a copy of the base, from the first message. */
    private HarmonyLiteMember join(Kind kind) throws Exception {
        HarmonyLiteMember member = member("member-" + members.size(), kind);
        Files.copy(base, member.database());
        member.start(
                RecoveryOptions.defaults().replaceExistingRows()); // The rows of the base are not from the streams.
        return member;
    }

    /** Commits transactions on node 1, about 80 each second. */
    private void write(int transactions) throws Exception {
        for (int i = 0; i < transactions; i++) {
            load.commit(node(1).database());
            Thread.sleep(MILLIS_BETWEEN_COMMITS);
        }
    }

    private static long pending(HarmonyLiteProgram node) throws Exception {
        String exists = "SELECT name FROM sqlite_schema WHERE name = '__harmonylite___change_log_global'";
        return HarmonyLiteTables.query(node.database(), exists).isEmpty()
                ? 0
                : Long.parseLong(HarmonyLiteTables.query(
                                node.database(), "SELECT count(*) FROM __harmonylite___change_log_global")
                        .get(0));
    }

    private Map<String, Long> ends() throws IOException {
        Map<String, Long> ends = new TreeMap<>();
        for (String stream : streams.names()) {
            long last = streams.state(stream).orElseThrow().last();
            if (last > 0) {
                ends.put(stream, last);
            }
        }
        return ends;
    }

    /** Waits until everything is published, and applied by every running node and member. */
    private void settle() throws Exception {
        List<String> unsettled = new ArrayList<>();
        Eventually.isTrue(
                () -> {
                    unsettled.clear();
                    unsettled.addAll(unsettled());
                    return unsettled.isEmpty();
                },
                unsettled);
    }

    private List<String> unsettled() throws Exception {
        List<String> unsettled = new ArrayList<>();
        Map<String, Long> ends = ends();
        for (Map.Entry<Long, HarmonyLiteProgram> node : nodes.entrySet()) {
            if (node.getValue().isRunning()) {
                long pending = pending(node.getValue());
                String at = node.getValue().positions().toString();
                if (pending > 0 || !at.equals(ends.toString())) {
                    unsettled.add("node " + node.getKey() + " has " + pending + " pending changes and is at " + at
                            + ", the streams end at " + ends);
                }
            }
        }
        for (HarmonyLiteMember member : members) {
            if (member.manager() != null && !member.isAtEnd()) {
                unsettled.add(member.database() + " is behind");
            }
        }
        return unsettled;
    }

    private void assertEqual(Path database) throws Exception {
        settle();
        List<String> expected = HarmonyLiteTables.rows(node(2).database());
        assertThat(expected).as("rows of node 2").isNotEmpty();
        assertThat(HarmonyLiteTables.differences(expected, HarmonyLiteTables.rows(database)))
                .as("seed %d, differences of %s from node 2", seed, database)
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"FILE, 1", "TABLE, 1", "FILE, 3", "TABLE, 3"})
    void follow_randomChanges_endsEqual(Kind kind, int shardCount) throws Exception {
        shards = shardCount;
        load = new Load(seed, shardCount == 1);
        startCluster();
        write(100);
        HarmonyLiteMember member = join(kind);
        write(200);
        assertEqual(member.database());
        assertThat(member.quarantined()).isZero();
    }

    /** With several shards, HarmonyLite itself may lose such rows, so the expected rows are known in advance. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void follow_uniqueValuesThatMove_losesNone(int shardCount) throws Exception {
        shards = shardCount;
        startCluster();
        List<String> expected = new ArrayList<>();
        for (int i = 1; i <= 30; i++) {
            Path database = node(1).database();
            HarmonyLiteTables.run(database, "INSERT INTO tu VALUES (" + i + ", 'm" + i + "', 'old')");
            HarmonyLiteTables.run(database, "DELETE FROM tu WHERE id = " + i);
            HarmonyLiteTables.run(database, "INSERT INTO tu VALUES (" + (1000 + i) + ", 'm" + i + "', 'new')");
            expected.add("tu " + (1000 + i) + ",'m" + i + "','new'");
        }
        settle();
        HarmonyLiteMember member = join(Kind.TABLE);
        settle();
        assertThat(HarmonyLiteTables.rows(member.database())).isEqualTo(expected);
        assertThat(member.quarantined()).isZero();
    }

    /** In the original, its own snapshot renumbers rowids, and later messages change other rows (fault D13). */
    @Test
    void d13_keylessTable_isFollowedByRowidAndItsSnapshotIsRejected() throws Exception {
        HarmonyLiteTables.run(
                base,
                "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 20)"
                        + " INSERT INTO tk SELECT 'r' || i, 0 FROM n",
                "DELETE FROM tk WHERE rowid < 10");
        startCluster();
        HarmonyLiteTables.run(node(1).database(), "UPDATE tk SET v = 1 WHERE name = 'r20'");
        settle();
        HarmonyLiteMember member = join(Kind.TABLE);
        node(1).stop();
        assertThat(node(1).run("-save-snapshot")).isZero();
        node(1).start();
        HarmonyLiteMember other = member("other", Kind.TABLE);
        try (SnapshotManager manager = other.open(settings -> settings)) {
            assertThatThrownBy(
                            () -> manager.restore(HarmonyLiteRestoreRequest.of(NatsHarmonyLiteSnapshot.of(nats, BUCKET))
                                    .acceptUnknownPositions()))
                    .isInstanceOf(UnknownPositionsException.class)
                    .hasMessageContaining("tk");
        }
        other.close();
        HarmonyLiteTables.run(node(1).database(), "UPDATE tk SET v = 5 WHERE name = 'r12'");
        HarmonyLiteTables.run(node(1).database(), "DELETE FROM tk WHERE name = 'r15'");
        assertEqual(member.database());
    }

    /** A directory goes from HarmonyLite to a member on the JVM and back, twice, while the other node writes. */
    @Test
    void handover_bothWaysUnderLoad_losesNothing() throws Exception {
        startCluster();
        HarmonyLiteProgram third = node(3);
        third.start();
        for (int round = 0; round < 2; round++) {
            write(60);
            third.stop();
            write(60);
            HarmonyLiteMember member = member(third.database(), third.sequenceMap(), Kind.FILE);
            SnapshotManager manager = member.open(settings -> settings);
            manager.recover();
            settleWithout(member);
            assertThatThrownBy(manager::handover)
                    .isInstanceOf(HandoverRejectedException.class)
                    .hasMessageContaining("D4");
            member.follow(Optional.empty());
            write(60);
            settle();
            assertThat(manager.handover().pendingChanges()).isZero();
            member.close();
            third.start();
            assertEqual(third.database());
        }
        HarmonyLiteTables.run(third.database(), "INSERT INTO ti VALUES (1000000, 'of node 3', 3)");
        write(20);
        assertEqual(third.database());
        assertThat(HarmonyLiteTables.query(node(2).database(), "SELECT v FROM ti WHERE id = 1000000"))
                .containsExactly("of node 3");
    }

    /** Waits until everything is published, although a member does not follow yet. */
    private void settleWithout(HarmonyLiteMember member) throws Exception {
        members.remove(member);
        settle();
        members.add(member);
    }

    /** In the original, a new node begins empty if there is no snapshot, or takes any that it finds (faults D3, D6). */
    @ParameterizedTest
    @EnumSource
    void export_bucketMissing_aNewNodeStartsFromIt(Kind kind) throws Exception {
        startCluster(); // With so many entries, no node uploads a snapshot of its own.
        HarmonyLiteMember member = join(kind);
        write(150);
        settle();
        member.manager().take();
        for (Map.Entry<String, Long> end : ends().entrySet()) {
            nats.jetStreamManagement()
                    .purgeStream(
                            end.getKey(),
                            PurgeOptions.builder().sequence(end.getValue() - 20).build());
        }
        if (nats.objectStoreManagement().getBucketNames().contains(BUCKET)) {
            nats.objectStoreManagement().delete(BUCKET);
        }
        member.manager()
                .repository()
                .export(
                        HarmonyLiteExportRequest.latest().requireCoverage(streams),
                        NatsHarmonyLiteSnapshot.of(nats, BUCKET));
        write(50);
        settle();
        HarmonyLiteProgram fresh = node(3);
        nodes.remove(3L);
        keep(fresh).start();
        write(50);
        settle();
        // After a restore, HarmonyLite holds no lock: another connection would delete the WAL under it (fault D12).
        Eventually.isTrue(() -> fresh.positions().equals(ends()), "the new node is behind");
        fresh.stop();
        assertThat(fresh.toString()).contains("Restore complete");
        fresh.start();
        nodes.put(3L, fresh);
        write(50);
        assertEqual(fresh.database());
        assertEqual(member.database());
    }

    /** In the original, all unpublished changes vanish with the replaced database, on every node (fault D8). */
    @Test
    void d08_nodeBehindWithPendingChanges_isRestoredAndPublishesThem() throws Exception {
        maxEntries = 128;
        startCluster();
        HarmonyLiteMember taker = join(Kind.TABLE);
        HarmonyLiteProgram third = node(3);
        third.start();
        write(50);
        settle();
        third.stop();
        write(250);
        settle();
        taker.manager().take();
        write(20);
        settle();
        for (int i = 1; i <= 25; i++) {
            HarmonyLiteTables.run(third.database(), "INSERT INTO ti VALUES (" + (1_000_000 + i) + ", 'pending', 3)");
        }
        HarmonyLiteMember member = member(third.database(), third.sequenceMap(), Kind.FILE);
        assertThat(member.start(RecoveryOptions.defaults()).plan().outcome()).isEqualTo(RecoveryOutcome.RESTORE);
        settle();
        assertThat(member.manager().handover().pendingChanges()).isEqualTo(25);
        member.close();
        third.start();
        assertEqual(third.database());
        assertThat(HarmonyLiteTables.query(node(2).database(), "SELECT count(*) FROM ti WHERE v = 'pending'"))
                .containsExactly("25");
        assertEqual(taker.database());
    }

    /** A node that restarts beside a trimmed stream must not restore its own, older snapshot (fault D9). */
    @Test
    void d09_trimBesideRunningNodes_losesNothingAndNodesRestart() throws Exception {
        startCluster();
        HarmonyLiteMember member = join(Kind.TABLE);
        write(50);
        settle();
        node(1).stop();
        assertThat(node(1).run("-save-snapshot")).isZero();
        node(1).start();
        for (int round = 0; round < 2; round++) {
            write(60);
            settle();
            member.manager().take();
            assertThat(member.manager().drill().isSound()).isTrue();
        }
        TrimPolicy policy = TrimPolicy.of(NatsStreamPurge.of(streams), lowestOf(node(1), node(2)))
                .keepMessages(1)
                .keepYoungerThan(Duration.ZERO);
        TrimReport trimmed = member.manager().trim(policy);
        assertThat(trimmed.removed()).as("%s", trimmed).isPositive();
        write(20);
        settle();
        node(2).stop();
        write(20);
        node(2).start();
        assertEqual(member.database());
        assertThat(node(2).toString()).doesNotContain("Restore complete");
    }

    private static MemberPositions lowestOf(HarmonyLiteProgram... others) {
        return stream -> Stream.of(others)
                .mapToLong(node -> node.positions().getOrDefault(stream, 0L))
                .min();
    }

    @ParameterizedTest
    @EnumSource
    void restore_onlineUnderLoad_endsEqual(Kind kind) throws Exception {
        startCluster();
        HarmonyLiteMember member = join(kind);
        write(60);
        settle();
        SnapshotId older = member.manager().take().id();
        Thread writer = inBackground(() -> write(250));
        for (int i = 0; i < 3; i++) {
            member.manager().restore(RestoreRequest.of(older).online(WriteBarrier.noWriters()));
        }
        writer.join();
        assertEqual(member.database());
    }

    private static Thread inBackground(ThrowingRunnable work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        thread.start();
        return thread;
    }

    private interface ThrowingRunnable {
        void run() throws Exception;
    }

    /** A member, the writing node and the server are killed under load, one after the other, three times. */
    @ParameterizedTest
    @EnumSource
    void kill9_memberNodeAndServerUnderLoad_endsEqual(Kind kind) throws Exception {
        startCluster();
        HarmonyLiteMember member = member("killed", kind);
        Files.copy(base, member.database());
        Thread writer = inBackground(() -> write(500));
        for (int round = 0; round < 3; round++) {
            Process process = child(member, kind);
            try {
                assertThat(process.getInputStream().read())
                        .as("'following' of the member")
                        .isEqualTo('f');
                awaitMessages(20);
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
        node(1).kill();
        node(1).start();
        awaitMessages(20);
        server.kill();
        server.start();
        for (HarmonyLiteProgram node : nodes.values()) {
            if (!node.isRunning()) {
                node.start(); // HarmonyLite panics if NATS does not answer.
            }
        }
        writer.join();
        member.start(RecoveryOptions.defaults());
        assertEqual(member.database());
    }

    private void awaitMessages(long more) throws Exception {
        long before = ends().values().stream().mapToLong(Long::longValue).sum();
        Eventually.isTrue(
                () -> ends().values().stream().mapToLong(Long::longValue).sum() >= before + more, "no more messages");
    }

    private Process child(HarmonyLiteMember member, Kind kind) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xmx192m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HarmonyLiteMember.class.getName(),
                        member.database().toString(),
                        member.database().resolveSibling("seq-map").toString(),
                        kind.name(),
                        server.url(),
                        directory.resolve("store").toString(),
                        String.join(",", streams.names()))
                .redirectError(directory.resolve("child.err").toFile())
                .start();
    }

    @Test
    void leaderKilledUnderLoad_endsEqual() throws Exception {
        shards = 3;
        replicas = 3;
        NatsCluster cluster = keep(NatsCluster.start(directory.resolve("servers")));
        server = cluster.servers().get(0);
        urls = cluster.servers().stream().map(one -> '"' + one.url() + '"').collect(Collectors.joining(", ", "[", "]"));
        nats = keep(cluster.connect());
        startNodes();
        HarmonyLiteMember member = join(Kind.TABLE);
        Thread writer = inBackground(() -> write(400));
        for (String stream : streams.names().headSet("harmonylite-changes-c-3")) {
            NatsServer leader = cluster.leaderOf(stream);
            leader.kill();
            NatsServer next = cluster.leaderOf(stream);
            assertThat(next).isNotSameAs(leader);
            leader.start();
        }
        writer.join();
        for (HarmonyLiteProgram node : nodes.values()) {
            if (!node.isRunning()) {
                node.start(); // HarmonyLite panics if NATS does not answer.
            }
        }
        assertEqual(member.database());
    }
}
