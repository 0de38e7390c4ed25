package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.nats.testing.NatsExtension;
import io.harmonylite.snapshot.nats.testing.NatsOperator;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.tool.Tool.Outcome;
import io.nats.client.Connection;
import io.nats.client.NUID;
import io.nats.client.api.StreamConfiguration;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests stores in a JetStream object store bucket. */
@ExtendWith(NatsExtension.class)
class NatsStoreIT {

    @TempDir
    Path directory;

    private Sample sample;

    @BeforeEach
    void createDatabase() throws Exception {
        sample = Sample.create(directory);
    }

    @Test
    void nats_takeListVerifyRestore_restoresEverything(NatsServer server) throws Exception {
        String store = server.url() + "/tool-" + NUID.nextGlobal();
        Outcome taken = Tool.run(
                        nats(store, "take", "--database", sample.database().toString()))
                .succeeded();
        assertThat(taken.out()).contains("into " + store);
        assertThat(Tool.run(nats(store, "list", "--json")).json().get("snapshots"))
                .hasSize(1);
        assertThat(Tool.run(nats(store, "verify", "--deep")).succeeded().out()).startsWith("sound");
        sample.lose();
        Tool.run(nats(store, "restore", "--database", sample.database().toString()))
                .succeeded();
        assertThat(Sample.value(sample.database(), "SELECT count(*) FROM orders"))
                .isEqualTo("3");
    }

    @Test
    void nats_maxBytes_limitsBothNewBuckets(NatsServer server, Connection connection) throws Exception {
        String bucket = "tool-" + NUID.nextGlobal();
        String[] take = nats(
                server.url() + "/" + bucket,
                "take",
                "--database",
                sample.database().toString());
        Tool.run(Tool.with(take, "--nats-max-bytes", "3MiB")).succeeded();
        for (String each : new String[] {bucket, bucket + "-packs"}) {
            assertThat(connection.objectStoreManagement().getStatus(each).getMaxBucketSize())
                    .isEqualTo(3 << 20);
        }
        assertThat(Tool.run(Tool.with(take, "--nats-max-bytes", "0")).status()).isEqualTo(2);
    }

    @Test
    void nats_sealedBucket_isReadAndRejectsATake(NatsServer server, Connection connection) throws Exception {
        String bucket = "tool-" + NUID.nextGlobal();
        String store = server.url() + "/" + bucket;
        String[] take = nats(store, "take", "--database", sample.database().toString());
        Tool.run(take).succeeded();
        connection.objectStore(bucket).seal();
        connection.objectStore(bucket + "-packs").seal();
        Tool.run(nats(store, "list")).succeeded();
        Tool.run(nats(store, "verify", "--deep")).succeeded();
        for (String[] changing : new String[][] {take, nats(store, "verify", "--deep", "--prove")}) {
            Outcome rejected = Tool.run(changing);
            assertThat(rejected.err()).contains(bucket, "sealed", "use another");
            assertThat(rejected.status()).isEqualTo(2);
        }
        sample.lose();
        Tool.run(nats(store, "restore", "--database", sample.database().toString()))
                .succeeded();
    }

    @Test
    void nats_bucketMissing_isStatus3(NatsServer server) {
        for (String command : new String[] {"list", "verify"}) {
            Outcome outcome = Tool.run(nats(server.url() + "/no-such-bucket", command));
            assertThat(outcome.status()).isEqualTo(3);
            assertThat(outcome.err()).contains("no-such-bucket");
        }
    }

    @Test
    void nats_userAndPassword_areUsedAndNotShown() throws Exception {
        try (NatsServer server =
                NatsServer.start(directory.resolve("nats"), "authorization { user: app, password: hunter2 }")) {
            String right = "nats://app:hunter2@127.0.0.1:" + server.port() + "/snapshots";
            Outcome taken = Tool.run(nats(
                            right,
                            "take",
                            "--verbose",
                            "--database",
                            sample.database().toString()))
                    .succeeded();
            assertThat(taken.out() + taken.err()).doesNotContain("hunter2");
            Outcome refused = Tool.run(nats(right.replace("hunter2", "hunter3"), "list", "--verbose"));
            assertThat(refused.status()).isEqualTo(2);
            assertThat(refused.out() + refused.err()).doesNotContain("hunter3");
        }
    }

    @Test
    void nats_credentialsFile_isUsed() throws Exception {
        NatsOperator operator = NatsOperator.create();
        String credentials =
                operator.credentials(directory.resolve("tool.creds")).toString();
        try (NatsServer server = NatsServer.start(directory.resolve("nats"), operator.configuration())) {
            String store = server.url() + "/snapshots";
            String database = sample.database().toString();
            Outcome refused = Tool.run(nats(store, "take", "--database", database));
            assertThat(refused.status()).isEqualTo(2);
            Tool.run(nats(store, "take", "--database", database, "--nats-creds", credentials))
                    .succeeded();
            sample.lose();
            Tool.run(nats(store, "restore", "--database", database, "--nats-creds", credentials))
                    .succeeded();
            assertThat(Sample.value(sample.database(), "SELECT count(*) FROM orders"))
                    .isEqualTo("3");
        }
    }

    @Test
    void nats_harmonyLiteBucket_exportsAndRestores(NatsServer server, Connection connection) throws Exception {
        String bucket = "tool-" + NUID.nextGlobal() + "-snapshot-store";
        String location = server.url() + "/" + bucket;
        String store = server.url() + "/tool-" + NUID.nextGlobal();
        Tool.run(nats(store, "take", "--database", sample.database().toString()))
                .succeeded();
        String[] restore = {
            "restore",
            "--harmonylite",
            "--from",
            location,
            "--database",
            sample.database().toString(),
            "--accept-unknown-positions"
        };
        assertThat(Tool.run(restore).status()).as("nothing was exported yet").isEqualTo(3);
        Tool.run(nats(store, "export", "--harmonylite", "--to", location)).succeeded();
        assertThat(connection.objectStore(bucket).getInfo("snapshot.db").getHeaders())
                .isNotNull();
        sample.lose();
        Tool.run(restore).succeeded();
        assertThat(Sample.value(sample.database(), "SELECT count(*) FROM orders"))
                .isEqualTo("3");
    }

    @Test
    void nats_exportThatRequiresCoverage_isStatus2IfTheStreamsDroppedMessages(NatsServer server, Connection connection)
            throws Exception {
        String store = server.url() + "/tool-" + NUID.nextGlobal();
        String stream = "changes-" + NUID.nextGlobal();
        connection
                .jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name(stream)
                        .subjects(stream)
                        .maxMessages(2)
                        .build());
        for (int i = 0; i < 5; i++) {
            connection.jetStream().publish(stream, new byte[0]);
        }
        String bucket = "tool-" + NUID.nextGlobal();
        String[] export =
                nats(store, "export", "--harmonylite", "--to", server.url() + "/" + bucket, "--require-coverage");
        String[] covered = Tool.with(export, "--nats", server.url(), "--stream", stream);
        take(store, stream + "=2");
        Outcome gap = Tool.run(covered);
        assertThat(gap.status()).isEqualTo(2);
        assertThat(gap.err()).contains("does not cover stream " + stream, "position is 2");
        assertThat(connection.objectStoreManagement().getBucketNames()).doesNotContain(bucket);
        take(store, stream + "=3");
        Tool.run(covered).succeeded();
        assertThat(Tool.run(export).err()).contains("--require-coverage needs --nats and --stream");
    }

    private void take(String store, String position) {
        Tool.run(nats(store, "take", "--database", sample.database().toString(), "--position", position))
                .succeeded();
    }

    @Test
    void nats_credentialsFileMissing_isStatus2(NatsServer server) {
        Outcome outcome = Tool.run(nats(server.url() + "/x", "list", "--nats-creds", "/no/such/file"));
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("/no/such/file");
    }

    @Test
    void nats_moreReplicasThanServers_isStatus2(NatsServer server) {
        Outcome outcome = Tool.run(nats(
                server.url() + "/tool-" + NUID.nextGlobal(),
                "take",
                "--nats-replicas",
                "3",
                "--database",
                sample.database().toString()));
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("replicas");
    }

    @Test
    @Timeout(30)
    void nats_serverMissing_isStatus5() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Outcome outcome = Tool.run(nats("nats://127.0.0.1:" + port + "/bucket", "list"));
        assertThat(outcome.status()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nats:bucket",
                "nats:///bucket",
                "nats://host",
                "nats://host/",
                "nats://u:hunter2@host/a/b",
                "nats://host/a.b",
                "nats://host/a?b",
            })
    void nats_invalidUri_isStatus2(String store) {
        Outcome outcome = Tool.run("list", "--name", "x", "--store", store);
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).doesNotContain("hunter2");
    }

    @Test
    void nats_optionsWithAnotherScheme_areStatus2() {
        Outcome outcome = Tool.run(sample.onDatabase("take", "--nats-replicas", "1"));
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("--nats");
    }

    private static String[] nats(String store, String command, String... more) {
        return Tool.with(new String[] {command, "--name", "orders", "--store", store}, more);
    }
}
