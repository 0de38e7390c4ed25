package io.harmonylite.snapshot.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.stream.StreamAccessException;
import io.harmonylite.snapshot.stream.StreamState;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.harmonylite.snapshot.trim.MemberPositions;
import io.harmonylite.snapshot.trim.StreamTrim;
import io.harmonylite.snapshot.trim.TrimBound;
import io.harmonylite.snapshot.trim.TrimPolicy;
import io.nats.client.Connection;
import io.nats.client.JetStreamOptions;
import io.nats.client.NUID;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Purges streams of a real server: removes exactly the intended messages, and none if the stream is not the expected
 * one.
 */
@ExtendWith(NatsExtension.class)
class NatsStreamPurgeIT {

    private static final NatsRetries FEW_RETRIES = new NatsRetries(Duration.ofMillis(200), Duration.ofMillis(200));

    private final String name = "purge-" + NUID.nextGlobal();

    @TempDir
    Path directory;

    private void create(Connection connection, StreamConfiguration.Builder builder) throws Exception {
        connection
                .jetStreamManagement()
                .addStream(builder.name(name).subjects(name + ".log").build());
        for (int i = 0; i < 20; i++) {
            connection.jetStream().publish(name + ".log", new byte[] {(byte) i});
        }
    }

    private StreamState state(Connection connection) throws IOException {
        return NatsStreams.of(connection, name).state(name).orElseThrow();
    }

    private NatsStreamPurge purge(Connection connection) {
        JetStreamApi api = new JetStreamApi(connection, JetStreamOptions.defaultOptions(), FEW_RETRIES);
        return NatsStreamPurge.of(new NatsStreams(api, List.of(name)));
    }

    @Test
    void purgeBefore_existingMessages_removesOnlyEarlierOnes(Connection connection) throws Exception {
        create(connection, StreamConfiguration.builder());
        Instant created = state(connection).created();
        assertThat(purge(connection).purgeBefore(name, created, 8)).isEqualTo(7);
        assertThat(state(connection).first()).isEqualTo(8);
        assertThat(state(connection).last()).isEqualTo(20);
        assertThat(state(connection).messages()).isEqualTo(13);
        assertThat(purge(connection).purgeBefore(name, created, 8)).isZero();
        assertThat(purge(connection).purgeBefore(name, created, 1)).isZero();
        assertThat(purge(connection).purgeBefore(name, created, 20)).isEqualTo(12);
        assertThat(connection.jetStream().publish(name + ".log", new byte[1]).getSeqno())
                .isEqualTo(21);
    }

    @Test
    void purgeBefore_otherCreationTime_removesNothing(Connection connection) throws Exception {
        create(connection, StreamConfiguration.builder());
        Instant created = state(connection).created().minusNanos(1);
        assertThatThrownBy(() -> purge(connection).purgeBefore(name, created, 8))
                .isInstanceOf(StreamAccessException.class)
                .hasMessageContaining(name);
        assertThat(state(connection).messages()).isEqualTo(20);
    }

    @Test
    void purgeBefore_sequenceOutOfRange_removesNothing(Connection connection) throws Exception {
        create(connection, StreamConfiguration.builder());
        Instant created = state(connection).created();
        assertThatThrownBy(() -> purge(connection).purgeBefore(name, created, 21))
                .isInstanceOf(StreamAccessException.class);
        for (long none : new long[] {0, -1}) {
            assertThatThrownBy(() -> purge(connection).purgeBefore(name, created, none))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(state(connection).messages()).isEqualTo(20);
    }

    @Test
    void purgeBefore_missingStream_throwsStreamAccess(Connection connection) {
        assertThatThrownBy(() -> purge(connection).purgeBefore(name, Instant.EPOCH, 8))
                .isInstanceOf(StreamAccessException.class)
                .hasMessageContaining(name);
    }

    @Test
    void purgeBefore_purgeDenied_throwsStreamAccess(Connection connection) throws Exception {
        create(connection, StreamConfiguration.builder().denyPurge(true));
        Instant created = state(connection).created();
        assertThatThrownBy(() -> purge(connection).purgeBefore(name, created, 8))
                .isInstanceOf(StreamAccessException.class);
        assertThat(state(connection).messages()).isEqualTo(20);
    }

    @Test
    void purgeBefore_harmonyLiteStreamDenyingDeletes_isPurged(Connection connection) throws Exception {
        create(
                connection,
                StreamConfiguration.builder().denyDelete(true).allowDirect(true).maxMessages(1024));
        assertThat(purge(connection).purgeBefore(name, state(connection).created(), 8))
                .isEqualTo(7);
    }

    @Test
    void purgeBefore_noPermission_namesSubject() throws Exception {
        try (NatsServer server = NatsServer.start(
                        directory,
                        "authorization { users: ["
                                + "{ user: reader, password: secret, permissions: {"
                                + " publish: { deny: [\"$JS.API.STREAM.PURGE.>\"] } } } ] }");
                Connection connection = Nats.connect(Options.builder()
                        .server(server.url())
                        .userInfo("reader", "secret")
                        .build())) {
            create(connection, StreamConfiguration.builder());
            Instant created = state(connection).created();
            assertThatThrownBy(() -> purge(connection).purgeBefore(name, created, 8))
                    .isInstanceOf(StreamAccessException.class)
                    .hasMessageContaining("$JS.API.STREAM.PURGE." + name)
                    .hasMessageNotContaining("secret");
        }
    }

    @Test
    void trim_twoProvenSnapshots_purgesStream(Connection connection) throws Exception {
        create(connection, StreamConfiguration.builder());
        Path database = directory.resolve("orders.db");
        try (java.sql.Connection jdbc = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = jdbc.createStatement()) {
            statement.execute("CREATE TABLE t (x)");
        }
        SnapshotManager manager = SnapshotManager.builder("orders", database, new InMemorySnapshotStore())
                .build();
        for (long position : new long[] {9, 15}) {
            Instant created = state(connection).created();
            Instant time =
                    NatsStreams.of(connection, name).timestampAt(name, position).orElseThrow();
            manager.take(Positions.of(name, new StreamPosition(position, time, created)));
            assertThat(manager.drill().isSound()).isTrue();
        }
        TrimPolicy policy = TrimPolicy.of(purge(connection), MemberPositions.noOtherMembers())
                .keepMessages(3)
                .keepYoungerThan(Duration.ZERO);
        assertThat(manager.repository()
                        .trim(NatsStreams.of(connection, name), policy)
                        .streams())
                .containsExactly(new StreamTrim(name, 1, 9, 8, TrimBound.SNAPSHOTS));
        assertThat(state(connection).first()).isEqualTo(9);
    }
}
