package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.tool.Tool.Outcome;
import io.nats.client.NKey;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests that the tool connects to NATS servers as they are secured. */
@Timeout(120)
class NatsSecurityIT {

    @TempDir
    Path directory;

    private Sample sample;

    @BeforeEach
    void createDatabase() throws Exception {
        sample = Sample.create(directory);
    }

    private NatsServer server(String configuration) throws Exception {
        return NatsServer.start(directory.resolve("nats"), configuration);
    }

    private static String tls(TestCertificate certificate, String more) {
        return "tls { cert_file: \"" + certificate.certificate() + "\", key_file: \"" + certificate.key() + "\" " + more
                + " }";
    }

    private String[] take(String store, String... more) {
        String[] take = {
            "take",
            "--name",
            "orders",
            "--store",
            store,
            "--database",
            sample.database().toString()
        };
        return Tool.with(take, more);
    }

    private String file(String name, String content) throws Exception {
        return Files.writeString(directory.resolve(name), content + "\n").toString();
    }

    @Test
    void store_serverWithTls_isTrustedByItsAuthority() throws Exception {
        TestCertificate certificate = TestCertificate.create(directory, "server", "RSA");
        try (NatsServer server = server(tls(certificate, ""))) {
            String[] trusting = {"--nats-ca", certificate.certificate().toString()};
            for (String scheme : new String[] {"tls", "nats"}) {
                String store = scheme + "://127.0.0.1:" + server.port() + "/snap";
                Tool.run(take(store, trusting)).succeeded();
                Outcome untrusted = Tool.run(take(store));
                assertThat(untrusted.status()).isEqualTo(2);
                assertThat(untrusted.err()).contains("TLS handshake", "certification path", "--nats-ca");
            }
        }
    }

    /** The file store is not in NATS; the options apply to the streams. */
    @Test
    void health_fileStoreAndSecuredStreams_acceptsTheSameOptions() throws Exception {
        sample.take();
        TestCertificate certificate = TestCertificate.create(directory, "server", "RSA");
        try (NatsServer server = server("authorization { user: app, password: hunter2 }\n" + tls(certificate, ""))) {
            Outcome health = Tool.run(sample.command(
                    "health",
                    "--nats",
                    "tls://127.0.0.1:" + server.port(),
                    "--stream",
                    "none",
                    "--nats-ca",
                    certificate.certificate().toString(),
                    "--nats-user",
                    "app",
                    "--nats-password-file",
                    file("password", "hunter2")));
            assertThat(health.out()).contains("none");
            assertThat(health.err()).isEmpty();
        }
    }

    @Test
    void store_serverDemandsClientCertificate_isPresented() throws Exception {
        TestCertificate certificate = TestCertificate.create(directory, "server", "RSA");
        TestCertificate client = TestCertificate.create(directory, "client", "EC");
        try (NatsServer server =
                server(tls(certificate, ", verify: true, ca_file: \"" + client.certificate() + "\""))) {
            String store = "tls://127.0.0.1:" + server.port() + "/snap";
            String[] trusting = {"--nats-ca", certificate.certificate().toString()};
            Tool.run(take(
                            store,
                            Tool.with(
                                    trusting,
                                    "--nats-cert",
                                    client.certificate().toString(),
                                    "--nats-key",
                                    client.key().toString())))
                    .succeeded();
            Outcome without = Tool.run(take(store, trusting));
            assertThat(without.status()).isEqualTo(2);
            assertThat(without.err()).contains("TLS handshake", "certificate");
            Outcome half =
                    Tool.run(take(store, "--nats-cert", client.certificate().toString()));
            assertThat(half.err()).contains("give both");
            assertThat(half.status()).isEqualTo(2);
        }
    }

    @Test
    void store_tokenFromFileOrEnvironment_isUsedAndNotShown() throws Exception {
        try (NatsServer server = server("authorization { token: hunter2 }")) {
            String store = server.url() + "/snap";
            Tool.run(take(store, "--nats-token-file", file("token", "hunter2"))).succeeded();
            ToolProcess.in(directory)
                    .environment(Map.of("NATS_TOKEN", "hunter2"))
                    .run(take(store))
                    .succeeded();
            Outcome wrong = Tool.run(take(store, "--verbose", "--nats-token-file", file("wrong", "hunter3")));
            assertThat(wrong.status()).isEqualTo(2);
            assertThat(wrong.err()).doesNotContain("hunter3");
        }
    }

    @Test
    void store_userWithPasswordFromEnvironment_isUsed() throws Exception {
        try (NatsServer server = server("authorization { user: app, password: hunter2 }")) {
            String store = server.url() + "/snap";
            ToolProcess.in(directory)
                    .environment(Map.of("NATS_PASSWORD", "hunter2"))
                    .run(take(store, "--nats-user", "app"))
                    .succeeded();
            Outcome without = Tool.run(take(store, "--nats-user", "app"));
            assertThat(without.status()).isEqualTo(2);
            assertThat(without.err()).contains("--nats-password-file", "NATS_PASSWORD");
        }
    }

    @Test
    void store_nkey_signsTheChallenge() throws Exception {
        NKey user = NKey.createUser(new SecureRandom());
        String seed = file("user.nk", String.valueOf(user.getSeed()));
        try (NatsServer server =
                server("authorization { users: [ { nkey: " + String.valueOf(user.getPublicKey()) + " } ] }")) {
            Tool.run(take(server.url() + "/snap", "--nats-nkey", seed)).succeeded();
            Outcome wrong = Tool.run(take(server.url() + "/snap", "--nats-nkey", file("no.nk", "SUnothing")));
            assertThat(wrong.status()).isEqualTo(2);
            assertThat(wrong.err()).contains("no.nk").doesNotContain("SUnothing");
        }
    }

    @Test
    void store_listOfServers_usesOneThatRuns() throws Exception {
        try (NatsServer server = server("authorization { user: app, password: hunter2 }")) {
            String dead = "127.0.0.1:" + freePort();
            String live = "127.0.0.1:" + server.port();
            Tool.run(take("nats://app:hunter2@" + dead + "," + live + "/snap")).succeeded();
            Outcome wrong = Tool.run(take("nats://app:hunter3@" + dead + ",nats://app:hunter3@" + live + "/snap"));
            assertThat(wrong.status()).isEqualTo(2);
            assertThat(wrong.err()).contains("nats://" + dead + "," + live).doesNotContain("hunter3");
            Outcome trim = Tool.run(
                    "trim",
                    "--name",
                    "orders",
                    "--store",
                    "nats://app:hunter2@" + live + "/snap",
                    "--nats",
                    "nats://app:hunter2@" + dead + ",nats://app:hunter2@" + live,
                    "--stream",
                    "no-such-stream");
            assertThat(trim.err()).contains("no-such-stream");
            assertThat(trim.status()).isEqualTo(3);
        }
    }

    private static int freePort() throws Exception {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }
}
