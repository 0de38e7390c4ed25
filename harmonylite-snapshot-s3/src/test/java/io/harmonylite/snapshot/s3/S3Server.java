package io.harmonylite.snapshot.s3;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** An S3Proxy for the tests of one class; it keeps objects in memory and checks every signature. */
final class S3Server implements BeforeAllCallback, AfterAllCallback {

    static final String BUCKET = "snapshots";
    static final String ACCESS_KEY = "AKIATESTACCESSKEY";
    static final String SECRET_KEY = "test-secret-key-must-not-appear";

    /** The log file of this JVM; JVMs that run at the same time use separate files. */
    static final Path LOG = Path.of("target", "tests-" + ProcessHandle.current().pid() + ".log");

    private static final Duration SOON = Duration.ofMillis(5);

    static {
        System.setProperty("org.slf4j.simpleLogger.logFile", LOG.toString()); // Set before the first logger is created.
    }

    private final List<S3Client> clients = new ArrayList<>();
    private S3Proxy proxy;
    private S3Client client;

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        proxy = S3Proxy.builder()
                .blobStore(new CompletedObjectListing(new TransientNio2BlobStore()))
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V4, ACCESS_KEY, SECRET_KEY)
                .ignoreUnknownHeaders(true)
                .v4MaxNonChunkedRequestSize(1L << 30)
                .stopTimeout(0)
                .build();
        proxy.start();
        client = open(client());
        client.createBucket(request -> request.bucket(BUCKET));
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        clients.forEach(S3Client::close);
        proxy.stop();
    }

    int port() {
        return proxy.getPort();
    }

    /** Returns a client with the SDK's defaults and this server's address and credentials. */
    S3Client defaultClient() {
        return client;
    }

    /** Returns a builder of clients for this server. */
    S3ClientBuilder client() {
        return client(port());
    }

    /** Returns a builder of clients for this server through another port. */
    static S3ClientBuilder client(int port) {
        return place(S3Client.builder(), port)
                .httpClientBuilder(Apache5HttpClient.builder().socketTimeout(Duration.ofSeconds(5)));
    }

    /** Makes a client retry after a few milliseconds, up to the given number of attempts. */
    static S3ClientBuilder retryingSoon(S3ClientBuilder builder, int attempts) {
        return builder.overrideConfiguration(config -> config.retryStrategy(retries -> retries.maxAttempts(attempts)
                .backoffStrategy(BackoffStrategy.fixedDelay(SOON))
                .throttlingBackoffStrategy(BackoffStrategy.fixedDelay(SOON))));
    }

    /** Sets address and credentials and keeps the SDK's other defaults. */
    static S3ClientBuilder place(S3ClientBuilder builder, int port) {
        return builder.endpointOverride(URI.create("http://127.0.0.1:" + port))
                .forcePathStyle(true)
                .region(Region.US_EAST_1)
                .credentialsProvider(credentials(ACCESS_KEY, SECRET_KEY));
    }

    static StaticCredentialsProvider credentials(String accessKey, String secretKey) {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey));
    }

    /** Builds a client that is closed with this server. */
    S3Client open(S3ClientBuilder builder) {
        S3Client built = builder.build();
        clients.add(built);
        return built;
    }

    /** Returns an unused prefix. */
    static String newPrefix() {
        return "test/" + UUID.randomUUID();
    }
}
