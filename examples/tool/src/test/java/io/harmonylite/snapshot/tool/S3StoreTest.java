package io.harmonylite.snapshot.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.tool.Tool.Outcome;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests stores in an S3 bucket. */
class S3StoreTest {

    @RegisterExtension
    static final S3Service SERVICE = new S3Service();

    private static final String WRONG_SECRET = "hunter2";

    @TempDir
    Path directory;

    private Sample sample;

    @BeforeEach
    void createDatabase() throws Exception {
        sample = Sample.create(directory);
    }

    @AfterEach
    void restoreCredentials() {
        SERVICE.setSecretKey(SERVICE.secretKey());
    }

    @Test
    void s3_takeListVerifyRestore_restoresEverything() throws Exception {
        String store = "s3://" + S3Service.BUCKET + "/whole/way";
        Outcome taken = Tool.run(
                        s3(store, "take", "--database", sample.database().toString()))
                .succeeded();
        assertThat(taken.out()).contains("into " + store);
        assertThat(Tool.run(s3(store, "list", "--json")).json().get("snapshots"))
                .hasSize(1);
        assertThat(Tool.run(s3(store, "verify", "--deep")).succeeded().out()).startsWith("sound");
        sample.lose();
        Tool.run(s3(store, "restore", "--database", sample.database().toString()))
                .succeeded();
        assertThat(Sample.value(sample.database(), "SELECT count(*) FROM orders"))
                .isEqualTo("3");
    }

    @Test
    void s3_otherPrefix_isAnotherStore() {
        Tool.run(s3(
                        "s3://" + S3Service.BUCKET + "/one",
                        "take",
                        "--database",
                        sample.database().toString()))
                .succeeded();
        assertThat(Tool.run(s3("s3://" + S3Service.BUCKET + "/other/", "list", "--json"))
                        .json()
                        .get("snapshots"))
                .isEmpty();
        assertThat(Tool.run(s3("s3://" + S3Service.BUCKET, "list", "--json"))
                        .json()
                        .get("snapshots"))
                .isEmpty();
    }

    @Test
    void s3_bucketMissing_isStatus3() {
        for (String command : new String[] {"list", "verify"}) {
            Outcome outcome = Tool.run(s3("s3://no-such-bucket/x", command));
            assertThat(outcome.status()).isEqualTo(3);
            assertThat(outcome.err()).contains("no-such-bucket");
        }
        Outcome take = Tool.run(s3(
                "s3://no-such-bucket/x", "take", "--database", sample.database().toString()));
        assertThat(take.status()).isEqualTo(3);
    }

    @Test
    void s3_wrongSecret_isStatus2AndIsNotShown() {
        SERVICE.setSecretKey(WRONG_SECRET);
        Outcome outcome = Tool.run(s3("s3://" + S3Service.BUCKET, "list", "--verbose"));
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("SignatureDoesNotMatch").doesNotContain(WRONG_SECRET);
    }

    @Test
    @Tag("slow")
    @Timeout(30)
    void s3_silentServer_isStatus5Within30Seconds() throws Exception {
        try (Socket silent = new Socket()) {
            silent.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)); // Keeps the port free of servers.
            String endpoint = "http://127.0.0.1:" + silent.getLocalPort();
            Outcome outcome = Tool.run(
                    "list", "--name", "orders", "--store", "s3://bucket", "--s3-endpoint", endpoint, "--s3-path-style");
            assertThat(outcome.status()).isEqualTo(5);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"s3:bucket", "s3:///prefix", "s3://user:hunter2@bucket", "s3://bucket/a//b", "s3://bucket/a?b"})
    void s3_invalidUri_isStatus2(String store) {
        Outcome outcome = Tool.run("list", "--name", "x", "--store", store);
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).doesNotContain("hunter2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"minio:9000", "ftp://host", "https://user:hunter2@host", "nonsense", "https:///x"})
    void s3_invalidEndpoint_isStatus2(String endpoint) {
        Outcome outcome = Tool.run("list", "--name", "x", "--store", "s3://bucket", "--s3-endpoint", endpoint);
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).doesNotContain("hunter2");
    }

    @Test
    void s3_optionsWithAnotherScheme_areStatus2() {
        Outcome outcome = Tool.run(sample.onDatabase("take", "--s3-path-style"));
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("--s3");
    }

    private static String[] s3(String store, String command, String... more) {
        String[] options = {
            command,
            "--name",
            "orders",
            "--store",
            store,
            "--s3-endpoint",
            SERVICE.endpoint(),
            "--s3-region",
            "us-east-1",
            "--s3-path-style"
        };
        return Tool.with(options, more);
    }
}
