package io.harmonylite.snapshot.nats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.WriteBarrier;
import io.harmonylite.snapshot.health.HealthCause;
import io.harmonylite.snapshot.health.HealthPolicy;
import io.harmonylite.snapshot.health.HealthReason;
import io.harmonylite.snapshot.health.HealthState;
import io.harmonylite.snapshot.health.SnapshotHealth;
import io.harmonylite.snapshot.nats.FeedNode.Kind;
import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.nats.client.Connection;
import io.nats.client.NUID;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A restore sets the database and its positions back while a feed runs: the feed continues from there. */
@Timeout(120)
@ExtendWith(NatsExtension.class)
class FeedRestoreIT {

    private static final Duration LONGEST = Duration.ofSeconds(1);

    private final Connection connection;
    private final String stream = "restore-" + NUID.nextGlobal();
    private final InMemorySnapshotStore store = new InMemorySnapshotStore();
    private FeedNode node;

    @TempDir
    Path directory;

    FeedRestoreIT(Connection connection) {
        this.connection = connection;
    }

    @BeforeEach
    void createStream() throws Exception {
        EmptyStreams.create(connection, stream, 10_000);
    }

    @AfterEach
    void cleanUp() throws Exception {
        if (node != null) {
            node.close();
        }
        connection.jetStreamManagement().deleteStream(stream);
    }

    @ParameterizedTest
    @EnumSource
    void restore_onlineBesideASilentStream_feedContinuesWithinOneSecond(Kind kind) throws Exception {
        startAndTakeAt10Of30(kind);
        node.restoreOnline();
        long restored = System.nanoTime();
        assertContinues(restored);
    }

    @Test
    void restore_tableMapByAnotherManager_feedContinuesWithinOneSecond() throws Exception {
        startAndTakeAt10Of30(Kind.TABLE);
        long restored;
        try (SnapshotManager another = SnapshotManager.builder("orders", node.database(), store)
                .sequenceMap(TableSequenceMap.create())
                .build()) {
            another.restore(RestoreRequest.latest().allowSchemaChange().online(WriteBarrier.noWriters()));
            restored = System.nanoTime();
        }
        assertContinues(restored);
    }

    private void assertContinues(long restored) throws Exception {
        Eventually.isTrue(() -> node.count() > 10, node.running());
        assertThat(Duration.ofNanos(System.nanoTime() - restored)).isLessThan(LONGEST);
        Eventually.isTrue(() -> node.count() == 30, node.running());
        assertThat(node.texts()).isEqualTo(numbers(30));
        assertThat(node.lag()).isZero();
        assertThat(node.running().end()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void restore_online_lagAndHealthCountFromTheRestoredPosition(Kind kind) throws Exception {
        startAndTakeAt10Of30(kind);
        node.manager().drill();
        assertThat(node.manager().health().state()).isEqualTo(HealthState.OK);
        node.hold();
        node.restoreOnline();
        assertThat(node.lag()).isEqualTo(20);
        SnapshotHealth health = node.manager().health();
        assertThat(health.reasons()).extracting(HealthReason::cause).containsExactly(HealthCause.LAGGING);
        assertThat(health.facts().feedLag()).containsEntry(stream, 20L);
        node.release();
        Eventually.isTrue(() -> node.lag() == 0, node.running());
        assertThat(node.texts()).isEqualTo(numbers(30));
    }

    /** With a file map, counts during the restore fail: the feed must not end by that. */
    @ParameterizedTest
    @EnumSource
    void restore_onlineWhileMessagesArrive_missesNothingAndRepeatsNothing(Kind kind) throws Exception {
        startAndTakeAt10Of30(kind);
        CompletableFuture<Void> publishing = CompletableFuture.runAsync(() -> publish(30, 1_500));
        for (int restore = 0; restore < 8; restore++) {
            node.restoreOnline();
        }
        publishing.get();
        Eventually.isTrue(() -> node.running().end().isPresent() || node.count() == 1_500, node.running());
        assertThat(node.running().end()).isEmpty();
        assertThat(node.texts()).isEqualTo(numbers(1_500));
        assertThat(node.lag()).isZero();
    }

    @Test
    void health_feedEnds_isFailingUntilAnotherOneIsAttached() throws Exception {
        startAndTakeAt10Of30(Kind.FILE);
        node.manager().drill();
        node.running().close();
        SnapshotHealth health = node.manager().health();
        assertThat(health.state()).isEqualTo(HealthState.FAILING);
        assertThat(health.toString()).contains("the feed has ended", "it was closed");
        node.start();
        assertThat(node.manager().health().state()).isEqualTo(HealthState.OK);
    }

    private void startAndTakeAt10Of30(Kind kind) throws Exception {
        node = new FeedNode(
                directory,
                kind,
                connection,
                NatsStreams.of(connection, stream),
                store,
                settings -> settings.healthPolicy(HealthPolicy.defaults().maxLag(15)));
        node.start();
        publish(0, 10);
        Eventually.isTrue(() -> node.count() == 10, node.running());
        node.manager().take();
        publish(10, 30);
        Eventually.isTrue(() -> node.count() == 30, node.running());
    }

    private void publish(int from, int to) {
        numbers(to).subList(from, to).forEach(text -> {
            try {
                connection.jetStream().publish(stream, text.getBytes(UTF_8));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> String.format(Locale.ROOT, "%05d", number))
                .toList();
    }
}
