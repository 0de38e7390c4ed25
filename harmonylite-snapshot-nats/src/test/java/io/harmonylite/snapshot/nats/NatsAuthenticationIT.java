package io.harmonylite.snapshot.nats;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.lease.SnapshotLease.Held;
import io.harmonylite.snapshot.nats.testing.NatsServer;
import io.harmonylite.snapshot.store.ObjectSource;
import io.nats.client.Connection;
import io.nats.client.NKey;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.support.JsonSerializable;
import io.nats.client.support.JwtUtils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However the host's connection proves who it is: everything of this module works over it. */
class NatsAuthenticationIT {

    private static final String PASSWORD = "changeit";

    @TempDir
    Path directory;

    @Test
    void everything_userAndPassword_works() throws Exception {
        try (NatsServer server = NatsServer.start(directory, "authorization { user: app, password: \"s3cret\" }")) {
            works(server.options().userInfo("app".toCharArray(), "s3cret".toCharArray()));
            isRefused(server.options().userInfo("app".toCharArray(), "wrong".toCharArray()));
        }
    }

    @Test
    void everything_token_works() throws Exception {
        try (NatsServer server = NatsServer.start(directory, "authorization { token: \"t0ken\" }")) {
            works(server.options().token("t0ken".toCharArray()));
            isRefused(server.options().token("wrong".toCharArray()));
        }
    }

    @Test
    void everything_nkey_works() throws Exception {
        NKey user = NKey.createUser(new SecureRandom());
        NKey stranger = NKey.createUser(new SecureRandom());
        String publicKey = new String(user.getPublicKey());
        try (NatsServer server =
                NatsServer.start(directory, "authorization { users: [ { nkey: " + publicKey + " } ] }")) {
            works(server.options().authHandler(Nats.staticCredentials(null, user.getSeed())));
            isRefused(server.options().authHandler(Nats.staticCredentials(null, stranger.getSeed())));
        }
    }

    @Test
    void everything_credentialsFile_works() throws Exception {
        NKey operator = NKey.createOperator(new SecureRandom());
        NKey account = NKey.createAccount(new SecureRandom());
        NKey system = NKey.createAccount(new SecureRandom());
        NKey user = NKey.createUser(new SecureRandom());
        String operatorJwt = claims(operator, operator, "operator", "{\"type\":\"operator\",\"version\":2}");
        String[] configuration = {
            "operator: " + operatorJwt,
            "system_account: " + publicKey(system),
            "resolver: MEMORY",
            "resolver_preload: { " + publicKey(account) + ": " + account(operator, account, -1) + ", "
                    + publicKey(system) + ": " + account(operator, system, 0) + " }"
        };
        Path credentials = directory.resolve("app.creds");
        String jwt = JwtUtils.issueUserJWT(account, publicKey(account), publicKey(user));
        Files.writeString(credentials, String.format(JwtUtils.NATS_USER_JWT_FORMAT, jwt, new String(user.getSeed())));
        try (NatsServer server = NatsServer.start(directory, configuration)) {
            works(server.options().authHandler(Nats.credentials(credentials.toString())));
            isRefused(server.options());
        }
    }

    @Test
    void everything_tls_works() throws Exception {
        KeyStore keys = selfSigned();
        Path certificate = pem("CERTIFICATE", keys.getCertificate("server").getEncoded());
        Path key =
                pem("PRIVATE KEY", keys.getKey("server", PASSWORD.toCharArray()).getEncoded());
        try (NatsServer server =
                NatsServer.start(directory, "tls { cert_file: \"" + certificate + "\", key_file: \"" + key + "\" }")) {
            works(server.options().sslContext(trusting(keys)));
            isRefused(server.options().sslContext(trusting(null)));
        }
    }

    private static void works(Options.Builder options) throws Exception {
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

    private static void isRefused(Options.Builder options) {
        assertThatThrownBy(() -> Nats.connect(options.maxReconnects(0).build()).close())
                .isInstanceOf(IOException.class);
    }

    private static String account(NKey operator, NKey account, int streams) throws Exception {
        String limits = "{\"subs\":-1,\"data\":-1,\"payload\":-1,\"imports\":-1,\"exports\":-1,\"wildcards\":true,"
                + "\"conn\":-1,\"leaf\":-1,\"mem_storage\":N,\"disk_storage\":N,\"streams\":N,\"consumer\":N}";
        String nats = "{\"type\":\"account\",\"version\":2,\"limits\":" + limits + "}";
        return claims(operator, account, "account", nats.replace("N", Integer.toString(streams)));
    }

    private static String claims(NKey issuer, NKey subject, String name, String nats) throws Exception {
        JsonSerializable body = () -> nats;
        return JwtUtils.issueJWT(
                issuer, publicKey(subject), name, null, JwtUtils.currentTimeSeconds(), publicKey(issuer), body);
    }

    private static String publicKey(NKey key) throws Exception {
        return new String(key.getPublicKey());
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

    /** Trusts a server's own certificate, or none but the usual ones. */
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
