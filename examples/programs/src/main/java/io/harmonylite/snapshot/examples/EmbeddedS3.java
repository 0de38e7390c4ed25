package io.harmonylite.snapshot.examples;

import java.net.URI;
import java.util.UUID;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** An in-process S3 service (S3Proxy) with one empty bucket in memory. */
final class EmbeddedS3 implements AutoCloseable {

    static final String BUCKET = "backups";

    private final AwsBasicCredentials credentials =
            AwsBasicCredentials.create("example", UUID.randomUUID().toString());
    private final S3Proxy proxy;

    private EmbeddedS3() {
        proxy = S3Proxy.builder()
                .blobStore(new TransientNio2BlobStore())
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V4, credentials.accessKeyId(), credentials.secretAccessKey())
                .stopTimeout(0)
                .build();
    }

    static EmbeddedS3 start() throws Exception {
        EmbeddedS3 started = new EmbeddedS3();
        started.proxy.start();
        try (S3Client client = started.client()) {
            client.createBucket(request -> request.bucket(BUCKET));
        }
        return started;
    }

    S3Client client() {
        return S3Client.builder()
                .endpointOverride(URI.create("http://127.0.0.1:" + proxy.getPort()))
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(StaticCredentialsProvider.create(credentials))
                .build();
    }

    @Override
    public void close() throws Exception {
        proxy.stop();
    }
}
