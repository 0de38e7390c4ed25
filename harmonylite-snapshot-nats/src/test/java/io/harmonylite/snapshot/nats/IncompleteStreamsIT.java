package io.harmonylite.snapshot.nats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.health.HealthCause;
import io.harmonylite.snapshot.health.HealthPolicy;
import io.harmonylite.snapshot.nats.FeedNode.Kind;
import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.recovery.RecoveryOutcome;
import io.harmonylite.snapshot.recovery.RecoveryPlan;
import io.harmonylite.snapshot.recovery.StreamGapException;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.stream.Arrival;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.nats.client.Connection;
import io.nats.client.NUID;
import io.nats.client.PurgeOptions;
import io.nats.client.api.Mirror;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.Headers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams that do not hold every sequence from 1 on: messages were deleted inside, or the first sequence is another. */
@Timeout(120)
@ExtendWith(NatsExtension.class)
class IncompleteStreamsIT {

    private final Connection connection;
    private final String stream = "incomplete-" + NUID.nextGlobal();
    private final String mirror = "mirror-" + NUID.nextGlobal();
    private final List<FeedNode> nodes = new ArrayList<>();
    private final SnapshotStore store = new InMemorySnapshotStore();

    @TempDir
    Path directory;

    IncompleteStreamsIT(Connection connection) {
        assumeTrue(
                connection.getServerInfo().isSameOrNewerThanVersion("2.11.0"), "older servers cannot do all of this");
        this.connection = connection;
    }

    @AfterEach
    void cleanUp() throws Exception {
        nodes.forEach(FeedNode::close);
        for (String name : connection.jetStreamManagement().getStreamNames()) {
            if (name.equals(stream) || name.equals(mirror)) {
                connection.jetStreamManagement().deleteStream(name);
            }
        }
    }

    /** How a server comes to delete a message inside a stream: here number 15 of 20. */
    enum Deletion {
        MESSAGE {
            @Override
            void delete(Connection connection, String stream) throws Exception {
                connection.jetStreamManagement().deleteMessage(stream, 15);
            }
        },
        TIME_TO_LIVE {
            @Override
            Headers headers() {
                return new Headers().put("Nats-TTL", "1s");
            }
        },
        MESSAGES_PER_SUBJECT {
            @Override
            void delete(Connection connection, String stream) throws Exception {
                connection.jetStream().publish(stream + ".15", "15 again".getBytes(UTF_8));
            }
        },
        ROLL_UP {
            @Override
            void delete(Connection connection, String stream) throws Exception {
                Headers rollUp = new Headers().put("Nats-Rollup", "sub");
                connection.jetStream().publish(stream + ".15", rollUp, "15 again".getBytes(UTF_8));
            }
        },
        PURGE_BY_SUBJECT {
            @Override
            void delete(Connection connection, String stream) throws Exception {
                connection.jetStreamManagement().purgeStream(stream, PurgeOptions.subject(stream + ".15"));
            }
        };

        StreamConfiguration configuration(String stream) {
            StreamConfiguration.Builder builder =
                    StreamConfiguration.builder().name(stream).subjects(stream + ".>");
            return switch (this) {
                case TIME_TO_LIVE -> builder.allowMessageTtl().build();
                case MESSAGES_PER_SUBJECT -> builder.maxMessagesPerSubject(1).build();
                case ROLL_UP -> builder.allowRollup(true).build();
                default -> builder.build();
            };
        }

        /** Headers of message 15. */
        Headers headers() {
            return null;
        }

        void delete(Connection connection, String stream) throws Exception {}
    }

    private static void publish(Connection connection, String stream, String text, Headers headers) throws Exception {
        connection.jetStream().publish(stream + "." + text, headers, text.getBytes(UTF_8));
    }

    private NatsStreams streams() {
        return NatsStreams.of(connection, stream);
    }

    private FeedNode node(String name, NatsStreams streams) throws Exception {
        FeedNode node = new FeedNode(directory.resolve(name), Kind.TABLE, connection, streams, store);
        nodes.add(node);
        return node;
    }

    private void publish(int from, int to) throws Exception {
        for (int i = from; i <= to; i++) {
            publish(connection, stream, Integer.toString(i), null);
        }
    }

    /** Two nodes: one has applied all messages, the other stopped at 10; then message 15 is deleted. */
    private List<FeedNode> oneBehind(Deletion deletion, NatsStreams streams) throws Exception {
        connection.jetStreamManagement().addStream(deletion.configuration(stream));
        FeedNode ahead = node("ahead", streams);
        FeedNode behind = node("behind", streams);
        ahead.start();
        behind.start();
        publish(1, 10);
        await(() -> behind.count() == 10);
        behind.stop();
        publish(11, 14);
        publish(connection, stream, "15", deletion.headers());
        publish(16, 20);
        await(() -> ahead.count() == 20);
        ahead.stop();
        deletion.delete(connection, stream);
        await(() -> streams().timestampAt(stream, 15).isEmpty());
        return List.of(ahead, behind);
    }

    @ParameterizedTest
    @EnumSource
    void recover_neededMessageWasDeleted_stopsUntilASnapshotHasItsEffect(Deletion deletion) throws Exception {
        List<FeedNode> nodes = oneBehind(deletion, streams());
        FeedNode behind = nodes.get(1);
        assertThatThrownBy(() -> behind.manager().recover())
                .isInstanceOf(StreamGapException.class)
                .hasMessageContaining("15 were deleted inside the stream")
                .hasMessageContaining("--allow-deleted-messages");
        assertThatThrownBy(() -> behind.manager().take()).isInstanceOf(StreamGapException.class);
        SnapshotInfo taken = nodes.get(0).manager().take();
        assertThat(taken.positions().of(stream).orElseThrow().sequence()).isEqualTo(20);
        assertThat(behind.start().restored()).isPresent();
        await(() -> behind.lag() == 0);
        assertThat(behind.running().end()).isEmpty();
        assertThat(behind.texts()).contains("15").hasSizeGreaterThanOrEqualTo(20);
        FeedNode fresh = node("fresh", streams());
        assertThat(fresh.start().plan().outcome()).isEqualTo(RecoveryOutcome.RESTORE);
    }

    @ParameterizedTest
    @EnumSource
    void recover_deletedMessagesAllowed_skipsThemEverywhere(Deletion deletion) throws Exception {
        NatsStreams streams = streams().allowDeletedMessages();
        List<FeedNode> nodes = oneBehind(deletion, streams);
        FeedNode behind = nodes.get(1);
        assertThat(behind.manager().take().positions().of(stream).orElseThrow().sequence())
                .isEqualTo(10);
        assertThat(behind.start().plan().outcome()).isEqualTo(RecoveryOutcome.REPLAY);
        await(() -> behind.lag() == 0);
        int kept = (int) streams.state(stream).orElseThrow().messages();
        assertThat(behind.texts()).hasSize(kept).doesNotContain("15");
        connection.jetStreamManagement().deleteMessage(stream, 20);
        FeedNode fresh = node("fresh", streams);
        fresh.start();
        await(() -> fresh.lag() == 0);
        assertThat(fresh.texts()).hasSize(kept - 1).doesNotContain("15", "20");
    }

    @Test
    void feed_messageIsDeletedWhileItRuns_endsAndRecoversByRestore() throws Exception {
        connection.jetStreamManagement().addStream(Deletion.MESSAGE.configuration(stream));
        FeedNode ahead = node("ahead", streams());
        FeedNode slow = node("slow", streams());
        ahead.start();
        slow.start();
        slow.hold();
        publish(1, 100);
        await(() -> ahead.count() == 100);
        connection.jetStreamManagement().deleteMessage(stream, 60);
        ahead.manager().take();
        assertThat(ahead.manager().health().reasons()).noneMatch(r -> r.cause() == HealthCause.NOT_COVERED);
        slow.release();
        assertThat(slow.running().awaitEnd())
                .isEqualTo(new FeedEnd.Gap(stream, new SequenceRange(60, 60), Arrival.Cause.DELETED));
        slow.stop();
        assertThat(slow.start().restored()).isPresent();
        publish(101, 110);
        await(() -> slow.count() == 110);
    }

    @Test
    void health_onlySnapshotsBeforeADeletedMessage_areReported() throws Exception {
        List<FeedNode> nodes = oneBehind(Deletion.MESSAGE, streams().allowDeletedMessages());
        nodes.get(1).manager().take();
        FeedNode strict = node("strict", streams());
        assertThat(strict.manager()
                        .repository()
                        .health(streams(), HealthPolicy.defaults())
                        .reasons())
                .anyMatch(reason -> reason.cause() == HealthCause.NOT_COVERED);
    }

    /** Beyond 100,000 deleted messages the last 1,000 are examined. */
    @Test
    void recover_moreDeletedMessagesThanAreListed_decidesByTheLastOnesOrStops() throws Exception {
        connection
                .jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name(stream)
                        .subjects(stream + ".>")
                        .storageType(StorageType.Memory)
                        .maxMessagesPerSubject(1)
                        .build());
        connection.publish(stream + ".first", new byte[0]);
        for (int i = 0; i < 100_010; i++) {
            connection.publish(stream + ".same", new byte[0]);
            if (i % 1000 == 0) {
                connection.flush(Duration.ofSeconds(30));
            }
        }
        connection.flush(Duration.ofSeconds(30));
        await(() -> streams().state(stream).orElseThrow().last() == 100_011);
        assertThat(streams().state(stream).orElseThrow().deletedInside()).isEqualTo(100_009);
        assertThat(streams().deletedInside(stream).orElseThrow().last()).isEqualTo(100_010);
        for (int i = 0; i < 1_200; i++) {
            connection.publish(stream + ".each." + i, new byte[0]);
        }
        connection.flush(Duration.ofSeconds(30));
        await(() -> streams().state(stream).orElseThrow().last() == 101_211);
        assertThat(streams().deletedInside(stream).orElseThrow()).isEqualTo(new SequenceRange(2, 100_211));
        assertThat(streams().keptFrom(stream, 2)).hasValue(100_011);
    }

    @Test
    void recover_streamBeganLater_hasItsWholeHistory() throws Exception {
        connection.jetStreamManagement().addStream(began(1_000_000));
        for (Kind kind : Kind.values()) {
            FeedNode early = new FeedNode(directory.resolve("early" + kind), kind, connection, streams(), store);
            nodes.add(early);
            assertThat(early.start().plan().outcome()).isEqualTo(RecoveryOutcome.UP_TO_DATE);
            assertThat(early.lag()).isZero();
        }
        publish(1, 20);
        FeedNode late = node("late", streams());
        RecoveryPlan plan = late.start().plan();
        assertThat(plan.outcome()).isEqualTo(RecoveryOutcome.REPLAY);
        assertThat(plan.streams().get(0).range()).isEqualTo(new SequenceRange(1_000_000, 1_000_019));
        for (FeedNode node : nodes) {
            await(() -> node.count() == 20 && node.lag() == 0);
            assertThat(node.running().end()).isEmpty();
        }
        connection
                .jetStreamManagement()
                .purgeStream(stream, PurgeOptions.builder().sequence(1_000_005).build());
        assertThatThrownBy(() -> node("late2", streams()).manager().recover())
                .isInstanceOf(StreamGapException.class)
                .hasMessageContaining("1000000 to 1000004");
    }

    @Test
    void recover_mirrorOfAStreamThatBeganLater_stopsUntilTheHostSaysWhereItBegan() throws Exception {
        connection.jetStreamManagement().addStream(began(500));
        publish(1, 5);
        connection
                .jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name(mirror)
                        .mirror(Mirror.builder().sourceName(stream).build())
                        .build());
        NatsStreams mirrored = NatsStreams.of(connection, mirror);
        await(() -> mirrored.state(mirror).orElseThrow().last() == 504);
        assertThatThrownBy(() -> node("unsure", mirrored).manager().recover())
                .isInstanceOf(StreamGapException.class)
                .hasMessageContaining("began with message 500")
                .hasMessageContaining("--first-sequence")
                .hasMessageContaining("--first-sequence");
        FeedNode told = node("told", mirrored.firstSequence(mirror, 500));
        assertThat(told.start().plan().outcome()).isEqualTo(RecoveryOutcome.REPLAY);
        await(() -> told.count() == 5);
        assertThatThrownBy(() -> node("wrong", mirrored.firstSequence(mirror, 499))
                        .manager()
                        .recover())
                .isInstanceOf(StreamGapException.class)
                .hasMessageContaining("499");
        assertThatThrownBy(() -> mirrored.firstSequence(mirror, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> mirrored.firstSequence(stream, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    private StreamConfiguration began(long first) {
        return StreamConfiguration.builder()
                .name(stream)
                .subjects(stream + ".>")
                .firstSequence(first)
                .build();
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("it does not happen");
            }
            Thread.sleep(10);
        }
    }
}
