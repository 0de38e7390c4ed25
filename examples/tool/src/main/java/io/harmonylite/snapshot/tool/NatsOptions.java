package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.store.StoreAccessException;
import io.nats.client.NKey;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of NATS: how to connect, and what a new bucket is like. */
final class NatsOptions {

    @Option(
            names = "--nats-creds",
            paramLabel = "FILE",
            description = "Credentials file. Alternatives: the options below, or user and password in the URL.")
    private @Nullable Path credentials;

    @Option(
            names = "--nats-user",
            paramLabel = "USER",
            description = "User; its password is read from --nats-password-file or from the variable NATS_PASSWORD.")
    private @Nullable String user;

    @Option(names = "--nats-password-file", paramLabel = "FILE", description = "File with the password.")
    private @Nullable Path password;

    @Option(
            names = "--nats-token-file",
            paramLabel = "FILE",
            description = "File with a token; without any credentials the variable NATS_TOKEN is used.")
    private @Nullable Path token;

    @Option(names = "--nats-nkey", paramLabel = "FILE", description = "File with the seed of a user's nkey.")
    private @Nullable Path nkey;

    @Option(
            names = "--nats-ca",
            paramLabel = "FILE",
            description = "Certificates (PEM) of the authorities that sign the servers' certificates; default: Java's.")
    private @Nullable Path authorities;

    @Option(
            names = "--nats-cert",
            paramLabel = "FILE",
            description = "Client certificate with its chain (PEM); needs --nats-key.")
    private @Nullable Path certificate;

    @Option(names = "--nats-key", paramLabel = "FILE", description = "Private key of that certificate (PEM, PKCS #8).")
    private @Nullable Path key;

    @Option(
            names = "--nats-replicas",
            paramLabel = "N",
            description =
                    "Number of replicas of a new bucket: 1, 3 or 5; default: 1. An existing bucket must have as many.")
    private @Nullable Integer replicas;

    @Option(
            names = "--nats-max-bytes",
            paramLabel = "BYTES",
            description = "Maximum size of each of the two buckets of a new store, such as 20GiB; default: unlimited. A"
                    + " full bucket accepts no more objects.")
    private @Nullable ByteCount maxBytes;

    @Nullable
    Integer replicas() {
        return replicas;
    }

    @Nullable
    ByteCount maxBytes() {
        return maxBytes;
    }

    /** Returns whether the connection must use TLS, whatever the scheme of the URL is. */
    boolean requireTls() {
        return authorities != null || certificate != null;
    }

    /** Returns the certificates to trust and to present. */
    SSLContext tls() throws IOException {
        if ((certificate == null) != (key == null)) {
            throw new StoreAccessException("--nats-cert and --nats-key belong together; give both");
        }
        try {
            return Certificates.context(authorities, certificate, key);
        } catch (GeneralSecurityException e) {
            throw new StoreAccessException("the certificates of --nats-ca and --nats-cert cannot be used: " + e, e);
        }
    }

    /**
     * Sets the credentials: those of an option, else those in the URL, else those of the environment.
     *
     * @param userInfo user and password, or a token, from the URL
     */
    void identify(Options.Builder options, @Nullable String userInfo) throws IOException {
        long ways = Stream.of(credentials, user, token, nkey)
                .filter(way -> way != null)
                .count();
        if (ways > 1 || (password != null && user == null)) {
            throw new StoreAccessException("give one of --nats-creds, --nats-user, --nats-token-file and --nats-nkey,"
                    + " and --nats-password-file only with --nats-user");
        }
        String variable = System.getenv("NATS_TOKEN");
        if (credentials != null) {
            text(credentials, "--nats-creds");
            options.authHandler(Nats.credentials(credentials.toString()));
        } else if (nkey != null) {
            options.authHandler(new NkeyHandler(seed(nkey)));
        } else if (token != null) {
            options.token(text(token, "--nats-token-file").toCharArray());
        } else if (user != null) {
            options.userInfo(user.toCharArray(), password().toCharArray());
        } else if (userInfo != null) {
            identifyByUrl(options, userInfo);
        } else if (variable != null) {
            options.token(variable.toCharArray());
        }
    }

    private static void identifyByUrl(Options.Builder options, String userInfo) {
        int colon = userInfo.indexOf(':');
        if (colon < 0) {
            options.token(userInfo.toCharArray());
        } else {
            options.userInfo(
                    userInfo.substring(0, colon).toCharArray(),
                    userInfo.substring(colon + 1).toCharArray());
        }
    }

    private String password() throws IOException {
        String variable = System.getenv("NATS_PASSWORD");
        if (password == null && variable == null) {
            throw new StoreAccessException(
                    "--nats-user needs a password; give --nats-password-file, or set the variable NATS_PASSWORD");
        }
        return password == null ? String.valueOf(variable) : text(password, "--nats-password-file");
    }

    private static NKey seed(Path file) throws IOException {
        try {
            return NKey.fromSeed(text(file, "--nats-nkey").toCharArray());
        } catch (IllegalArgumentException e) {
            throw new StoreAccessException(file + " holds no seed of a user's nkey; check --nats-nkey", e);
        }
    }

    private static String text(Path file, String option) throws StoreAccessException {
        try {
            return Files.readString(file, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new StoreAccessException("the file " + file + " cannot be read; check " + option, e);
        }
    }
}
