package io.harmonylite.snapshot.s3;

import static io.harmonylite.snapshot.s3.ConnectionFault.error;
import static io.harmonylite.snapshot.s3.ConnectionFault.none;
import static io.harmonylite.snapshot.s3.ConnectionFault.resetResponseAfter;
import static io.harmonylite.snapshot.s3.ConnectionFault.responseLost;
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
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.services.s3.S3Client;

/** No secret appears in messages of exceptions and their causes, or in the log. */
class S3SecretsTest {

    @RegisterExtension
    static final S3Server SERVER = new S3Server();

    private static final String WRONG_SECRET = "wrong-secret-key-must-not-appear";
    private static final String TOKEN = "session-token-must-not-appear";

    private final StringWriter failures = new StringWriter();

    @Test
    void anyFailure_messagesAndLog_containNoSecret() throws Exception {
        provoke(S3Server.credentials(S3Server.ACCESS_KEY, S3Server.SECRET_KEY));
        provoke(S3Server.credentials(S3Server.ACCESS_KEY, WRONG_SECRET));
        provoke(StaticCredentialsProvider.create(
                AwsSessionCredentials.create(S3Server.ACCESS_KEY, WRONG_SECRET, TOKEN)));
        String log = Files.readString(S3Server.LOG);
        assertThat(log).as("the log is in the expected file").contains("Retrying");
        assertThat(failures.toString()).as("failures were recorded").contains("StoreAccessException", "planned");
        for (String secret : List.of(S3Server.SECRET_KEY, WRONG_SECRET, TOKEN)) {
            assertThat(log).doesNotContain(secret);
            assertThat(failures.toString()).doesNotContain(secret);
        }
    }

    private void provoke(AwsCredentialsProvider credentials) throws Exception {
        try (FaultProxy proxy = FaultProxy.before(SERVER.port());
                S3Client client = S3Server.retryingSoon(S3Server.client(proxy.port()), 2)
                        .credentialsProvider(credentials)
                        .build();
                SnapshotStore bare = S3SnapshotStore.builder(client, S3Server.BUCKET)
                        .prefix(S3Server.newPrefix())
                        .build();
                SnapshotStore store = RetryingSnapshotStore.builder(bare)
                        .firstWait(Duration.ofMillis(2))
                        .patience(Duration.ofMillis(30))
                        .build()) {
            record(store.toString());
            record(client.toString());
            callEveryMethod(store);
            proxy.next(error(400, "ExpiredToken"), error(409, "ConditionalRequestConflict"), responseLost(), none());
            callEveryMethod(store);
            proxy.always(resetResponseAfter(10));
            callEveryMethod(store);
            proxy.close();
            callEveryMethod(store);
        }
    }

    private void callEveryMethod(SnapshotStore store) {
        recordFailure(() -> store.putIfAbsent("x", ObjectSource.of(new byte[10])));
        recordFailure(() -> {
            try (InputStream in = store.open("x")) {
                in.readAllBytes();
            }
        });
        recordFailure(() -> store.list(""));
        recordFailure(() -> store.deleteAll(List.of("x")));
        recordFailure(() -> SnapshotRepository.of("orders", store).list());
    }

    private void recordFailure(Call call) {
        try {
            call.run();
        } catch (IOException | SnapshotException e) {
            e.printStackTrace(new PrintWriter(failures, true));
        }
    }

    private void record(String text) {
        failures.write(text);
    }

    private interface Call {
        void run() throws IOException;
    }
}
