package io.harmonylite.snapshot.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.stream.StreamAccessException;
import io.harmonylite.snapshot.stream.StreamRetention;
import io.harmonylite.snapshot.stream.StreamState;
import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.NUID;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(NatsExtension.class)
class NatsStreamsIT {

    private static final JetStreamOptions QUICK =
            JetStreamOptions.builder().requestTimeout(Duration.ofMillis(500)).build();

    private final String name = "streams-" + NUID.nextGlobal();

    @TempDir
    Path directory;

    @Test
    void state_unusedStream_startsAtOne(Connection connection) throws Exception {
        create(
                connection,
                StreamConfiguration.builder().maxMessages(10).maxBytes(1 << 20).maxAge(Duration.ofHours(1)));
        StreamState state = streams(connection).state(name).orElseThrow();
        assertThat(state.first()).isEqualTo(1);
        assertThat(state.last()).isZero();
        assertThat(state.messages()).isZero();
        assertThat(state.created())
                .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
        assertThat(state.retention().messages()).hasValue(10);
        assertThat(state.retention().bytes()).hasValue(1 << 20);
        assertThat(state.retention().age()).contains(Duration.ofHours(1));
    }

    @Test
    void state_droppedMessages_returnsKeptRange(Connection connection) throws Exception {
        create(connection, StreamConfiguration.builder().maxMessages(100));
        publish(connection, 250);
        StreamState state = streams(connection).state(name).orElseThrow();
        assertThat(state.first()).isEqualTo(151);
        assertThat(state.last()).isEqualTo(250);
        assertThat(state.messages()).isEqualTo(100);
        assertThat(state.retention()).isEqualTo(StreamRetention.ofMessages(100));
    }

    @Test
    void state_deletedAndPurgedMessages_areReported(Connection connection) throws Exception {
        create(connection, StreamConfiguration.builder());
        publish(connection, 5);
        connection.jetStreamManagement().deleteMessage(name, 3);
        assertThat(streams(connection).state(name).orElseThrow().deletedInside())
                .isEqualTo(1);
        connection.jetStreamManagement().purgeStream(name);
        StreamState empty = streams(connection).state(name).orElseThrow();
        assertThat(empty.first()).isEqualTo(6);
        assertThat(empty.last()).isEqualTo(5);
        assertThat(empty.messages()).isZero();
    }

    @Test
    void state_recreatedStream_hasNewCreationTime(Connection connection) throws Exception {
        create(connection, StreamConfiguration.builder());
        Instant before = streams(connection).state(name).orElseThrow().created();
        connection.jetStreamManagement().deleteStream(name);
        create(connection, StreamConfiguration.builder());
        assertThat(streams(connection).state(name).orElseThrow().created()).isAfter(before);
    }

    @Test
    void state_missingStream_isEmpty(Connection connection) throws Exception {
        assertThat(streams(connection).state(name)).isEmpty();
        assertThat(streams(connection).timestampAt(name, 1)).isEmpty();
    }

    @Test
    void timestampAt_keptMessage_isServerTime(Connection connection) throws Exception {
        create(connection, StreamConfiguration.builder().maxMessages(2));
        publish(connection, 3);
        Instant stored =
                connection.jetStreamManagement().getMessage(name, 2).getTime().toInstant();
        assertThat(streams(connection).timestampAt(name, 2)).contains(stored);
        for (long sequence : new long[] {-1, 0, 1, 4}) {
            assertThat(streams(connection).timestampAt(name, sequence)).isEmpty();
        }
    }

    @Test
    void of_severalNames_sortsAndDeduplicates(Connection connection) throws Exception {
        assertThat(NatsStreams.of(connection, "b", "a", "b").names()).containsExactly("a", "b");
        assertThat(NatsStreams.of(connection, HarmonyLiteShards.of(2).streams()).names())
                .containsExactly("harmonylite-changes-c-1", "harmonylite-changes-c-2");
    }

    @Test
    void of_noOrInvalidName_isRejected(Connection connection) {
        assertThatThrownBy(() -> NatsStreams.of(connection, List.of())).isInstanceOf(IllegalArgumentException.class);
        for (String bad : List.of("", "a.b", "a b", "*", ">", "a/b", "a\\b", "a\"b", "x".repeat(256))) {
            assertThatThrownBy(() -> NatsStreams.of(connection, bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(bad);
        }
        assertThatThrownBy(() -> NatsStreams.of(connection, "a").state("b"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void state_noPermission_namesSubject() throws Exception {
        try (NatsServer server = NatsServer.start(
                        directory,
                        "authorization { users: ["
                                + "{ user: reader, password: secret, permissions: {"
                                + " publish: { deny: [\"$JS.API.STREAM.INFO.>\"] } } } ] }");
                Connection connection = connect(server, "reader", "secret")) {
            assertThatThrownBy(() -> streams(connection).state(name))
                    .isInstanceOf(StreamAccessException.class)
                    .hasMessageContaining("$JS.API.STREAM.INFO." + name)
                    .hasMessageNotContaining("secret");
        }
    }

    @Test
    void state_repliesForbidden_namesInbox() throws Exception {
        try (NatsServer server = NatsServer.start(
                        directory,
                        "authorization { users: ["
                                + "{ user: deaf, password: secret, permissions: { subscribe: { deny: [\"_INBOX.>\"] } } } ] }");
                Connection connection = connect(server, "deaf", "secret")) {
            assertThatThrownBy(() -> withFewRetries(connection, QUICK).state(name))
                    .isInstanceOf(StreamAccessException.class)
                    .hasMessageContaining("_INBOX");
        }
    }

    @Test
    void state_jetStreamDisabled_throwsStreamAccess() throws Exception {
        try (NatsServer server = NatsServer.start(directory, "jetstream: disabled");
                Connection connection = server.connect()) {
            assertThatThrownBy(() -> withFewRetries(connection, QUICK).state(name))
                    .isInstanceOf(StreamAccessException.class)
                    .hasMessageContaining("JetStream");
        }
    }

    @Test
    void state_wrongDomain_throwsStreamAccess(Connection connection) throws Exception {
        create(connection, StreamConfiguration.builder());
        JetStreamOptions options =
                JetStreamOptions.builder().domain("elsewhere").build();
        assertThatThrownBy(() -> withFewRetries(connection, options).state(name))
                .isInstanceOf(StreamAccessException.class)
                .hasMessageContaining("$JS.elsewhere.API");
    }

    @Test
    void state_domain_isUsed() throws Exception {
        try (NatsServer server = NatsServer.start(directory, "jetstream { domain: branch }");
                Connection connection = server.connect()) {
            create(connection, StreamConfiguration.builder());
            JetStreamOptions options =
                    JetStreamOptions.builder().domain("branch").build();
            assertThat(NatsStreams.of(connection, List.of(name), options).state(name))
                    .isPresent();
        }
    }

    @Test
    void state_serverUnresponsive_throwsPlainIOException() throws Exception {
        try (NatsServer server = NatsServer.start(directory);
                Connection connection = server.connect()) {
            server.pause();
            assertThatThrownBy(() -> withFewRetries(connection, QUICK).state(name))
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(StreamAccessException.class);
            server.resume();
        }
    }

    @Test
    void state_serverRestartsDuringRequest_isAnswered() throws Exception {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try (NatsServer server = NatsServer.start(directory);
                Connection connection = server.connect()) {
            create(connection, StreamConfiguration.builder());
            server.kill();
            Future<Optional<StreamState>> state = executor.submit(
                    () -> NatsStreams.of(connection, List.of(name), QUICK).state(name));
            server.start();
            assertThat(state.get()).isPresent();
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void state_interrupted_keepsInterruptFlag() throws Exception {
        try (NatsServer server = NatsServer.start(directory);
                Connection connection = server.connect()) {
            server.pause();
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> streams(connection).state(name)).isInstanceOf(IOException.class);
            assertThat(Thread.interrupted()).isTrue();
            server.resume();
        }
    }

    @Test
    void state_connectionClosed_throwsPlainIOException() throws Exception {
        try (NatsServer server = NatsServer.start(directory)) {
            Connection connection = server.connect();
            connection.close();
            assertThatThrownBy(() -> withFewRetries(connection, QUICK).state(name))
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(StreamAccessException.class);
        }
    }

    private NatsStreams streams(Connection connection) {
        return NatsStreams.of(connection, name);
    }

    private NatsStreams withFewRetries(Connection connection, JetStreamOptions options) {
        NatsRetries retries = new NatsRetries(Duration.ofMillis(200), Duration.ofMillis(200));
        return new NatsStreams(new JetStreamApi(connection, options, retries), List.of(name));
    }

    private void create(Connection connection, StreamConfiguration.Builder configuration) throws Exception {
        JetStreamManagement management = connection.jetStreamManagement();
        management.addStream(configuration.name(name).subjects(name).build());
    }

    private void publish(Connection connection, int count) throws Exception {
        JetStream stream = connection.jetStream();
        for (int i = 0; i < count; i++) {
            stream.publish(name, new byte[] {1});
        }
    }

    private static Connection connect(NatsServer server, String user, String password) throws Exception {
        Options options = server.options()
                .userInfo(user.toCharArray(), password.toCharArray())
                .build();
        return Nats.connect(options);
    }
}
