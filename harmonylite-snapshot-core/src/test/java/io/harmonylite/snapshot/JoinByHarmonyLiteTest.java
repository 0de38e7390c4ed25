package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.Replica.Kind;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.StreamUnavailableException;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshot;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotSource;
import io.harmonylite.snapshot.health.HealthCause;
import io.harmonylite.snapshot.health.HealthReason;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.recovery.RecoveryPlan;
import io.harmonylite.snapshot.recovery.RecoveryReport;
import io.harmonylite.snapshot.recovery.StreamGapException;
import io.harmonylite.snapshot.stream.MessageSpool;
import io.harmonylite.snapshot.stream.StreamMessage;
import io.harmonylite.snapshot.stream.StreamRetention;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.harmonylite.snapshot.testing.InMemoryStreams;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A node joins full streams by a snapshot of HarmonyLite: each new message drops an old one all the time. */
@Timeout(120)
class JoinByHarmonyLiteTest {

    private static final String A = "changes-a";
    private static final String B = "changes-b";
    private static final int KEPT = 40;

    @TempDir
    Path directory;

    private final InMemoryStreams streams = new InMemoryStreams(A, B);
    private final List<Replica> replicas = new ArrayList<>();
    private Cluster cluster;

    @BeforeEach
    void fillStreams() throws Exception {
        StreamRetention retention = new StreamRetention(OptionalLong.of(KEPT), OptionalLong.empty(), Optional.empty());
        streams.create(A, retention);
        streams.create(B, retention);
        streams.publish(A, 100);
        streams.publish(B, 50);
        cluster = new Cluster();
    }

    @AfterEach
    void closeMaps() {
        replicas.forEach(Replica::close);
    }

    private Replica replica(Kind kind) throws IOException {
        Path own = Files.createDirectories(directory.resolve("node" + replicas.size()));
        Replica replica = new Replica(own, kind, new InMemorySnapshotStore(), streams);
        replicas.add(replica);
        return replica;
    }

    private RecoveryOptions joining() {
        return RecoveryOptions.defaults().harmonyLiteSnapshot(cluster, Duration.ofSeconds(30));
    }

    /** A HarmonyLite node that has applied everything, and uploads its database whenever it is looked at. */
    private final class Cluster implements HarmonyLiteSnapshotSource {

        private int looks;
        private Runnable beforeUpload = () -> {};
        private boolean uploading = true;
        private @Nullable Instant stored;
        private byte[] content = new byte[0];

        private void upload() throws IOException {
            beforeUpload.run();
            try {
                Path file = directory.resolve("snapshot-" + looks);
                TestDatabase.run(
                        file,
                        "CREATE TABLE applied (stream TEXT NOT NULL, sequence INT NOT NULL)",
                        "CREATE INDEX applied_by_sequence ON applied (sequence)");
                for (String stream : streams.names()) {
                    TestDatabase.run(
                            file,
                            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                                    + streams.state(stream).orElseThrow().last() + ") INSERT INTO applied SELECT '"
                                    + stream + "', i FROM n");
                }
                content = Files.readAllBytes(file);
            } catch (SQLException e) {
                throw new IOException(e);
            }
            streams.pass(Duration.ofSeconds(1));
            stored = streams.now();
        }

        @Override
        public Optional<HarmonyLiteSnapshot> find() throws IOException {
            looks++;
            if (uploading) {
                upload();
            }
            return stored == null ? Optional.empty() : Optional.of(describe());
        }

        private HarmonyLiteSnapshot describe() {
            return new HarmonyLiteSnapshot(toString(), content.length, Optional.empty(), Optional.ofNullable(stored));
        }

        @Override
        public Opened open() {
            return new Opened(describe(), new ByteArrayInputStream(content));
        }

        @Override
        public String toString() {
            return "the bucket";
        }
    }

    /** Applies the spool and then the streams, as a feed does. */
    private void follow(Replica replica, MessageSpool spool) throws Exception {
        for (String stream : streams.names()) {
            long sequence = replica.position(stream).orElseThrow().sequence() + 1;
            for (Optional<StreamMessage> next = spool.message(stream, sequence);
                    next.isPresent();
                    next = spool.message(stream, sequence)) {
                assertThat(next.get().data()).asString().isEqualTo(Long.toString(sequence));
                assertThat(next.get().headers()).isEqualTo(Map.of("k", List.of("a", "b")));
                replica.apply(next.get());
                sequence++;
            }
            spool.release(stream);
        }
        replica.catchUp();
    }

    private void assertHasAll(Replica replica) throws Exception {
        for (String stream : streams.names()) {
            long last = streams.state(stream).orElseThrow().last();
            assertThat(replica.rows(stream).stream().distinct())
                    .as(stream)
                    .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(1, last)
                            .mapToObj(Long::toString)
                            .toList());
        }
    }

    private List<Path> scratch(Replica replica) throws IOException {
        try (Stream<Path> files = Files.list(replica.database.getParent())) {
            return files.filter(file -> file.toString().contains("scratch")).toList();
        }
    }

    @ParameterizedTest
    @EnumSource
    void recover_fullStreams_restoresAndKeepsWhatTheStreamsDropMeanwhile(Kind kind) throws Exception {
        cluster.beforeUpload = () -> {
            streams.publish(A, 3);
            streams.publish(B, 1);
        };
        Replica replica = replica(kind);
        try (SnapshotManager manager = replica.manager()) {
            assertThatThrownBy(manager::recover).isInstanceOf(StreamGapException.class);
            assertThat(manager.plan(joining())).isInstanceOf(RecoveryPlan.RestoreHarmonyLite.class);

            RecoveryReport report = manager.recover(joining());
            assertThat(report.restored()).isPresent();
            RecoveryPlan.RestoreHarmonyLite plan = (RecoveryPlan.RestoreHarmonyLite) report.plan();
            assertThat(plan.possiblyMissing())
                    .isEqualTo(Map.of(A, new SequenceRange(1, 60), B, new SequenceRange(1, 10)));
            assertThat(replica.positions()).isEqualTo(report.positions());
            assertThat(report.positions().of(A).orElseThrow().sequence()).isEqualTo(60);

            try (MessageSpool spool = report.spool().orElseThrow()) {
                for (int i = 0; i < KEPT + 5; i++) { // Everything that the stream held when the node joined is dropped.
                    streams.publish(A, 1);
                    awaitKept(spool, A);
                }
                follow(replica, spool);
            }
            assertHasAll(replica);
            assertThat(scratch(replica)).isEmpty();
            assertThat(manager.plan()).isInstanceOf(RecoveryPlan.UpToDate.class);
        }
    }

    private static void awaitEndOfThread(String name) {
        try {
            while (Thread.getAllStackTraces().keySet().stream()
                    .anyMatch(thread -> thread.getName().equals(name))) {
                Thread.sleep(5);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void awaitKept(MessageSpool spool, String stream) throws Exception {
        long last = streams.state(stream).orElseThrow().last();
        while (spool.message(stream, last).isEmpty()) {
            Thread.sleep(5);
        }
    }

    /** The first upload may have been made before the first kept message, although it was stored after it. */
    @Test
    void recover_firstUploadSinceTheSpool_waitsForTheSecond() throws Exception {
        Replica replica = replica(Kind.FILE);
        try (SnapshotManager manager = replica.manager()) {
            manager.recover(joining()).spool().orElseThrow().close();
        }
        assertThat(cluster.looks).isEqualTo(2);
        assertThat(scratch(replica)).isEmpty();
    }

    @Test
    void recover_quietCluster_usesThePresentSnapshot() throws Exception {
        streams.pass(Duration.ofMinutes(5));
        cluster.upload();
        cluster.uploading = false;
        Replica replica = replica(Kind.FILE);
        try (SnapshotManager manager = replica.manager();
                MessageSpool spool = manager.recover(joining()).spool().orElseThrow()) {
            follow(replica, spool);
        }
        assertHasAll(replica);
    }

    @Test
    void recover_onlyAnOldSnapshot_stopsAndChangesNothing() throws Exception {
        cluster.upload();
        streams.pass(Duration.ofHours(1));
        streams.publish(A, KEPT);
        cluster.uploading = false;
        Replica replica = replica(Kind.FILE);
        try (SnapshotManager manager = replica.manager()) {
            assertThatThrownBy(() ->
                            manager.recover(RecoveryOptions.defaults().harmonyLiteSnapshot(cluster, Duration.ZERO)))
                    .isInstanceOf(StreamGapException.class)
                    .hasMessageContaining("the bucket")
                    .hasMessageContaining("the present one was stored at " + cluster.stored)
                    .hasMessageContaining("Make a HarmonyLite node take a snapshot");
        }
        assertThat(replica.database).doesNotExist();
        assertThat(replica.positions()).isEqualTo(Positions.none());
        assertThat(scratch(replica)).isEmpty();
    }

    @Test
    void recover_completeStreams_neverLooksAtTheSnapshot() throws Exception {
        InMemoryStreams complete = InMemoryStreams.unlimited(A, B);
        complete.publish(A, 5);
        Replica replica = new Replica(directory, Kind.FILE, new InMemorySnapshotStore(), complete);
        replicas.add(replica);
        try (SnapshotManager manager = replica.manager()) {
            RecoveryReport report = manager.recover(joining());
            assertThat(report.plan()).isInstanceOf(RecoveryPlan.Replay.class);
            assertThat(report.spool()).isEmpty();
        }
        assertThat(cluster.looks).isZero();
    }

    /** A killed node has lost its spool: the positions of the join are behind the streams, and it joins again. */
    @ParameterizedTest
    @EnumSource
    void recover_killedBeforeTheSpoolWasApplied_joinsAgain(Kind kind) throws Exception {
        Replica replica = replica(kind);
        try (SnapshotManager manager = replica.manager()) {
            manager.recover(joining()).spool().orElseThrow().close();
        }
        streams.publish(A, 1);
        replica.restart();
        try (SnapshotManager manager = replica.manager()) {
            assertThatThrownBy(manager::recover).isInstanceOf(StreamGapException.class);
            try (MessageSpool spool = manager.recover(joining()).spool().orElseThrow()) {
                follow(replica, spool);
            }
        }
        assertHasAll(replica);
    }

    @Test
    void spool_streamUnreachableForAMoment_goesOn() throws Exception {
        Replica replica = replica(Kind.FILE);
        try (SnapshotManager manager = replica.manager();
                MessageSpool spool = manager.recover(joining()).spool().orElseThrow()) {
            streams.failWith(new IOException("the link was cut"));
            streams.publish(A, KEPT - 1);
            streams.failWith(null);
            awaitKept(spool, A);
            streams.failWith(new IOException("the link was cut"));
            assertThat(spool.message(A, 61)).isPresent();
            streams.failWith(null);
            follow(replica, spool);
        }
        assertHasAll(replica);
    }

    @ParameterizedTest
    @EnumSource
    void possiblyMissing_takeRestoreAndAccept_areInheritedUntilAccepted(Kind kind) throws Exception {
        Map<String, SequenceRange> expected = Map.of(A, new SequenceRange(1, 60), B, new SequenceRange(1, 10));
        Replica replica = replica(kind);
        try (SnapshotManager manager = replica.manager()) {
            follow(replica, manager.recover(joining()).spool().orElseThrow());
            SnapshotInfo taken = manager.take();
            assertThat(taken.possiblyMissing()).isEqualTo(expected);
            assertThat(manager.list().snapshots().get(0).possiblyMissing()).isEqualTo(expected);
            assertThat(causes(manager)).contains(HealthCause.MESSAGES_POSSIBLY_MISSING);

            manager.restore(RestoreRequest.latest()); // A restore inherits what its snapshot may lack.
            assertThat(manager.take().possiblyMissing()).isEqualTo(expected);

            manager.acceptMissing(A);
            assertThat(manager.take().possiblyMissing()).isEqualTo(Map.of(B, new SequenceRange(1, 10)));
            assertThatThrownBy(() -> manager.acceptMissing(A))
                    .isInstanceOf(SnapshotConfigurationException.class)
                    .hasMessageContaining("[" + B + "]");
            manager.acceptMissing(B);
            SnapshotInfo last = manager.take();
            assertThat(last.possiblyMissing()).isEmpty();
            assertThat(causes(manager)).doesNotContain(HealthCause.MESSAGES_POSSIBLY_MISSING);
        }
    }

    private static List<HealthCause> causes(SnapshotManager manager) {
        return manager.health().reasons().stream().map(HealthReason::cause).toList();
    }

    /** Without this check the node would be restored at positions whose messages were not kept. */
    @Test
    void recover_messagesDroppedBeforeTheyWereKept_failsBeforeAnythingIsReplaced() throws Exception {
        cluster.beforeUpload = () -> {
            streams.failWith(new IOException("the link was cut"));
            streams.publish(A, 2 * KEPT);
            streams.failWith(null);
            awaitEndOfThread("snapshot-spool-" + A);
            streams.pass(Duration.ofMinutes(5)); // The first snapshot would be accepted.
        };
        Replica replica = replica(Kind.FILE);
        try (SnapshotManager manager = replica.manager()) {
            assertThatThrownBy(() -> manager.recover(joining()))
                    .isInstanceOf(StreamUnavailableException.class)
                    .hasMessageContaining("stream " + A + " was not kept")
                    .hasMessageContaining("recover again");
        }
        assertThat(replica.database).doesNotExist();
        assertThat(scratch(replica)).isEmpty();
    }
}
