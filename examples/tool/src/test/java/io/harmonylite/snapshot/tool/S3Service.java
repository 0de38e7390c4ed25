package io.harmonylite.snapshot.tool;

import java.net.URI;
import java.util.UUID;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import software.amazon.awssdk.auth.credentials.SystemPropertyCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * An in-memory S3 service with one bucket, for the tests of one class. Its credentials are in the SDK's system
 * properties.
 */
final class S3Service implements BeforeAllCallback, AfterAllCallback {

    static final String BUCKET = "backups";

    private static final String ACCESS_KEY = "aws.accessKeyId";
    private static final String SECRET_KEY = "aws.secretAccessKey";

    private final String secretKey = UUID.randomUUID().toString();
    private S3Proxy proxy;

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        proxy = S3Proxy.builder()
                .blobStore(new TransientNio2BlobStore())
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V4, "tool", secretKey)
                .stopTimeout(0)
                .build();
        proxy.start();
        System.setProperty(ACCESS_KEY, "tool");
        System.setProperty(SECRET_KEY, secretKey);
        try (S3Client client = S3Client.builder()
                .endpointOverride(URI.create(endpoint()))
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(SystemPropertyCredentialsProvider.create())
                .build()) {
            client.createBucket(request -> request.bucket(BUCKET));
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        System.clearProperty(ACCESS_KEY);
        System.clearProperty(SECRET_KEY);
        proxy.stop();
    }

    /** Sets the secret that the SDK finds. */
    void setSecretKey(String secret) {
        System.setProperty(SECRET_KEY, secret);
    }

    /** Returns the correct secret. */
    String secretKey() {
        return secretKey;
    }

    String endpoint() {
        return "http://127.0.0.1:" + proxy.getPort();
    }
}
