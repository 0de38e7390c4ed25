package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.s3.S3SnapshotStore;
import io.harmonylite.snapshot.store.ForwardingSnapshotStore;
import io.harmonylite.snapshot.store.ObjectName;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.store.StoreAccessException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Stores in a bucket: {@code s3://bucket/prefix}. The bucket is never created. */
final class S3Scheme implements StoreScheme {

    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration SILENCE = Duration.ofSeconds(8);

    @Override
    public String form() {
        return "s3://bucket/prefix";
    }

    @Override
    public void check(URI uri) {
        String bucket = uri.getRawAuthority();
        if (bucket == null || bucket.contains("@") || bucket.contains(":")) {
            throw new IllegalArgumentException("not a bucket; write " + form()
                    + ", with credentials by environment or profile and the service by --s3-endpoint");
        }
        if (uri.getQuery() != null || uri.getFragment() != null) {
            throw new IllegalArgumentException("nothing may follow the prefix; write " + form());
        }
        if (!prefix(uri).isEmpty()) {
            ObjectName.check(prefix(uri));
        }
    }

    private static String prefix(URI uri) {
        return uri.getPath().replaceFirst("^/", "").replaceFirst("/$", "");
    }

    @Override
    public SnapshotStore open(StoreOptions options) throws IOException {
        if (options.areNatsOptionsIdle()) {
            throw new StoreAccessException("options that begin with --nats are of no use with " + options);
        }
        S3Client client = client(options.s3());
        try {
            return new ClosingClient(store(client, options.uri()), client);
        } catch (IllegalArgumentException e) {
            client.close();
            throw new StoreAccessException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public SnapshotStore create(StoreOptions options) throws IOException {
        return open(options);
    }

    private static SnapshotStore store(S3Client client, URI uri) {
        S3SnapshotStore.Builder builder = S3SnapshotStore.builder(client, uri.getRawAuthority());
        return prefix(uri).isEmpty()
                ? builder.build()
                : builder.prefix(prefix(uri)).build();
    }

    /** A client that the caller closes. */
    static S3Client client(S3Options options) throws IOException {
        S3ClientBuilder builder = S3Client.builder()
                .forcePathStyle(options.isPathStyle())
                .httpClientBuilder(
                        Apache5HttpClient.builder().connectionTimeout(CONNECT).socketTimeout(SILENCE));
        URI endpoint = options.endpoint();
        String region = options.region();
        if (endpoint != null) {
            builder.endpointOverride(endpoint).region(Region.US_EAST_1);
        }
        if (region != null) {
            builder.region(Region.of(region));
        }
        try {
            return builder.build();
        } catch (SdkClientException e) {
            throw new StoreAccessException("the region of the bucket is not known; give it by --s3-region", e);
        }
    }

    private static final class ClosingClient extends ForwardingSnapshotStore {

        private final S3Client client;

        ClosingClient(SnapshotStore store, S3Client client) {
            super(store);
            this.client = client;
        }

        @Override
        public void close() throws IOException {
            try (client) {
                super.close();
            }
        }

        @Override
        public String toString() {
            return delegate().toString();
        }
    }
}
