package io.harmonylite.snapshot.benchmarks.harness;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** An S3Proxy inside this process that keeps one bucket in a directory. */
final class LocalS3 implements AutoCloseable {

    static final String BUCKET = "benchmark";

    static final String KEY = "benchmark";

    private final S3Proxy proxy;
    private final S3Client client;

    private LocalS3(S3Proxy proxy) {
        this.proxy = proxy;
        this.client = client(endpoint());
    }

    /** A client for such a service, in whichever process it is. */
    static S3Client client(String endpoint, ExecutionInterceptor... interceptors) {
        return S3Client.builder()
                .overrideConfiguration(config -> List.of(interceptors).forEach(config::addExecutionInterceptor))
                .endpointOverride(URI.create(endpoint))
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY, KEY)))
                .build();
    }

    static LocalS3 start(Path directory) throws Exception {
        S3Proxy proxy = S3Proxy.builder()
                .blobStore(new FilesystemNio2BlobStore(directory.toString()))
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V4, KEY, KEY)
                .stopTimeout(0)
                .build();
        proxy.start();
        LocalS3 started = new LocalS3(proxy);
        started.client.createBucket(request -> request.bucket(BUCKET));
        return started;
    }

    String endpoint() {
        return "http://127.0.0.1:" + proxy.getPort();
    }

    S3Client client() {
        return client;
    }

    @Override
    public void close() throws Exception {
        client.close();
        proxy.stop();
    }
}
