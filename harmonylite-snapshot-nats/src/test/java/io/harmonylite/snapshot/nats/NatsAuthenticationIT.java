package io.harmonylite.snapshot.nats;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.lease.SnapshotLease.Held;
import io.harmonylite.snapshot.nats.testing.NatsOperator;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.store.ObjectSource;
import io.nats.client.Connection;
import io.nats.client.NKey;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All operations of this module work with each way to authenticate a connection. */
class NatsAuthenticationIT {

    private static final String PASSWORD = "changeit";
    private static final Duration REJECTED_AFTER = Duration.ofMillis(400);

    @TempDir
    Path directory;

    @Test
    void connect_userAndPassword_allowsAllOperations() throws Exception {
        try (NatsServer server = NatsServer.start(directory, "authorization { user: app, password: \"s3cret\" }")) {
            assertAllOperationsWork(server.options().userInfo("app".toCharArray(), "s3cret".toCharArray()));
            assertRejected(server.options().userInfo("app".toCharArray(), "wrong".toCharArray()));
        }
    }

    @Test
    void connect_token_allowsAllOperations() throws Exception {
        try (NatsServer server = NatsServer.start(directory, "authorization { token: \"t0ken\" }")) {
            assertAllOperationsWork(server.options().token("t0ken".toCharArray()));
            assertRejected(server.options().token("wrong".toCharArray()));
        }
    }

    @Test
    void connect_nkey_allowsAllOperations() throws Exception {
        NKey user = NKey.createUser(new SecureRandom());
        NKey stranger = NKey.createUser(new SecureRandom());
        String publicKey = new String(user.getPublicKey());
        try (NatsServer server =
                NatsServer.start(directory, "authorization { users: [ { nkey: " + publicKey + " } ] }")) {
            assertAllOperationsWork(server.options().authHandler(Nats.staticCredentials(null, user.getSeed())));
            assertRejected(server.options().authHandler(Nats.staticCredentials(null, stranger.getSeed())));
        }
    }

    @Test
    void connect_credentialsFile_allowsAllOperations() throws Exception {
        NatsOperator operator = NatsOperator.create();
        Path credentials = operator.credentials(directory.resolve("app.creds"));
        try (NatsServer server = NatsServer.start(directory, operator.configuration())) {
            assertAllOperationsWork(server.options().authHandler(Nats.credentials(credentials.toString())));
            assertRejected(server.options());
        }
    }

    @Test
    void connect_tls_allowsAllOperations() throws Exception {
        KeyStore keys = selfSigned();
        Path certificate = pem("CERTIFICATE", keys.getCertificate("server").getEncoded());
        Path key =
                pem("PRIVATE KEY", keys.getKey("server", PASSWORD.toCharArray()).getEncoded());
        try (NatsServer server =
                NatsServer.start(directory, "tls { cert_file: \"" + certificate + "\", key_file: \"" + key + "\" }")) {
            assertAllOperationsWork(server.options().sslContext(trusting(keys)));
            assertRejected(server.options().sslContext(trusting(null)));
        }
    }

    private static void assertAllOperationsWork(Options.Builder options) throws Exception {
        try (Connection connection = Nats.connect(options.build())) {
            try (NatsSnapshotStore store = NatsSnapshotStore.create(connection, "snapshots")) {
                byte[] bytes = new byte[1_000_000];
                store.putIfAbsent("n/packs/p", ObjectSource.of(bytes));
                try (InputStream in = store.open("n/packs/p")) {
                    assertThat(in.readAllBytes()).isEqualTo(bytes);
                }
            }
            NatsStreams streams = NatsStreams.of(connection, "OBJ_snapshots", "absent");
            assertThat(streams.state("OBJ_snapshots")).isPresent();
            assertThat(streams.state("absent")).isEmpty();
            try (Held held =
                    NatsLease.create(connection, "leases").tryAcquire("n").orElseThrow()) {
                assertThat(held.isHeld()).isTrue();
            }
        }
    }

    /** The client reports a rejection only when its connection timeout ends, so the timeout is short. */
    private static void assertRejected(Options.Builder options) {
        Options hasty =
                options.maxReconnects(0).connectionTimeout(REJECTED_AFTER).build();
        assertThatThrownBy(() -> Nats.connect(hasty).close()).isInstanceOf(IOException.class);
    }

    private KeyStore selfSigned() throws Exception {
        Path file = directory.resolve("keys.p12");
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        Process process = new ProcessBuilder(
                        keytool.toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=IP:127.0.0.1,DNS:localhost",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        PASSWORD)
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();
        return KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
    }

    private Path pem(String kind, byte[] der) throws IOException {
        String body = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(der);
        String text = "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n";
        return Files.writeString(directory.resolve(kind.replace(' ', '-') + ".pem"), text);
    }

    /** Trusts the given certificate, or only the usual authorities if there is none. */
    private static SSLContext trusting(KeyStore keys) throws Exception {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        if (keys == null) {
            trust.init((KeyStore) null);
        } else {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("server", keys.getCertificate("server"));
            trust.init(trusted);
        }
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
