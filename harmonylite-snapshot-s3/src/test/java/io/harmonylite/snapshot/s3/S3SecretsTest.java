package io.harmonylite.snapshot.s3;

import static io.harmonylite.snapshot.s3.ConnectionFault.answerLost;
import static io.harmonylite.snapshot.s3.ConnectionFault.error;
import static io.harmonylite.snapshot.s3.ConnectionFault.none;
import static io.harmonylite.snapshot.s3.ConnectionFault.resetAnswerAfter;
import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.RetryingSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.services.s3.S3Client;

/** Whatever happens, no secret is in a message, in those of its causes, or in the log. */
class S3SecretsTest {

    @RegisterExtension
    static final S3Server SERVER = new S3Server();

    /** Where the configuration of the logger sends everything. */
    private static final Path LOG = Path.of("target", "tests.log");

    private static final String WRONG_SECRET = "wrong-secret-key-that-nobody-may-see";
    private static final String TOKEN = "session-token-that-nobody-may-see";

    private final StringWriter seen = new StringWriter();

    @Test
    void anyFailure_showsNoSecret() throws Exception {
        provoke(S3Server.credentials(S3Server.ACCESS_KEY, S3Server.SECRET_KEY));
        provoke(S3Server.credentials(S3Server.ACCESS_KEY, WRONG_SECRET));
        provoke(StaticCredentialsProvider.create(
                AwsSessionCredentials.create(S3Server.ACCESS_KEY, WRONG_SECRET, TOKEN)));
        String log = Files.readString(LOG);
        assertThat(log).as("the log is where it is looked for").contains("Retrying");
        assertThat(seen.toString()).as("failures were seen").contains("StoreAccessException", "planned");
        for (String secret : List.of(S3Server.SECRET_KEY, WRONG_SECRET, TOKEN)) {
            assertThat(log).doesNotContain(secret);
            assertThat(seen.toString()).doesNotContain(secret);
        }
    }

    private void provoke(AwsCredentialsProvider credentials) throws Exception {
        try (FaultProxy proxy = FaultProxy.before(SERVER.port());
                S3Client client = S3Server.client(proxy.port())
                        .credentialsProvider(credentials)
                        .overrideConfiguration(config -> config.retryStrategy(retries -> retries.maxAttempts(2)))
                        .build();
                SnapshotStore bare = S3SnapshotStore.builder(client, S3Server.BUCKET)
                        .prefix(S3Server.newPrefix())
                        .build();
                SnapshotStore store = RetryingSnapshotStore.builder(bare)
                        .patience(Duration.ofMillis(200))
                        .build()) {
            write(store.toString());
            write(client.toString());
            every(store);
            proxy.next(error(400, "ExpiredToken"), error(409, "ConditionalRequestConflict"), answerLost(), none());
            every(store);
            proxy.always(resetAnswerAfter(10));
            every(store);
            proxy.close();
            every(store);
        }
    }

    private void every(SnapshotStore store) {
        note(() -> store.putIfAbsent("x", ObjectSource.of(new byte[10])));
        note(() -> {
            try (InputStream in = store.open("x")) {
                in.readAllBytes();
            }
        });
        note(() -> store.list(""));
        note(() -> store.deleteAll(List.of("x")));
        note(() -> SnapshotRepository.of("orders", store).list());
    }

    private void note(Call call) {
        try {
            call.run();
        } catch (IOException | SnapshotException e) {
            e.printStackTrace(new PrintWriter(seen, true));
        }
    }

    private void write(String text) {
        seen.write(text);
    }

    private interface Call {
        void run() throws IOException;
    }
}
