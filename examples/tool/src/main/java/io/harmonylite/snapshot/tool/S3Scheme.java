package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.s3.S3HarmonyLiteSnapshot;
import io.harmonylite.snapshot.s3.S3SnapshotStore;
import io.harmonylite.snapshot.store.ObjectName;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.store.StoreAccessException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/**
 * {@code s3://bucket/path}: a prefix that is a store, or under which HarmonyLite keeps {@code snapshot.db}. Buckets are
 * never created.
 */
final class S3Scheme implements Scheme {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(8);

    @Override
    public String form() {
        return "s3://bucket/path";
    }

    @Override
    public void check(URI uri) {
        String bucket = uri.getRawAuthority();
        if (bucket == null || bucket.contains("@") || bucket.contains(":")) {
            throw new IllegalArgumentException("the URI names no bucket; write " + form()
                    + ", give the service by --s3-endpoint, and credentials by environment or profile");
        }
        if (uri.getQuery() != null || uri.getFragment() != null) {
            throw new IllegalArgumentException("the URI continues after the path; write " + form());
        }
        if (!prefix(uri).isEmpty()) {
            ObjectName.check(prefix(uri));
        }
    }

    private static String prefix(URI uri) {
        return uri.getPath().replaceFirst("^/", "").replaceFirst("/$", "");
    }

    @Override
    public SnapshotStore open(URI uri, StorageOptions options) throws IOException {
        S3Client client = client(options.s3());
        try {
            return new ConnectedStore(store(client, uri), client::close);
        } catch (IllegalArgumentException e) {
            client.close();
            throw new StoreAccessException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public SnapshotStore create(URI uri, StorageOptions options) throws IOException {
        return open(uri, options);
    }

    @Override
    public HarmonyLiteLocation openHarmonyLite(URI uri, StorageOptions options) throws IOException {
        S3Client client = client(options.s3());
        S3HarmonyLiteSnapshot snapshot = S3HarmonyLiteSnapshot.of(client, uri.getRawAuthority(), uri.getPath());
        return new HarmonyLiteLocation(snapshot, snapshot, client::close);
    }

    private static SnapshotStore store(S3Client client, URI uri) {
        S3SnapshotStore.Builder builder = S3SnapshotStore.builder(client, uri.getRawAuthority());
        return prefix(uri).isEmpty()
                ? builder.build()
                : builder.prefix(prefix(uri)).build();
    }

    private static S3Client client(S3Options options) throws IOException {
        S3ClientBuilder builder = S3Client.builder()
                .forcePathStyle(options.isPathStyle())
                .httpClientBuilder(Apache5HttpClient.builder()
                        .connectionTimeout(CONNECT_TIMEOUT)
                        .socketTimeout(SOCKET_TIMEOUT));
        URI endpoint = options.endpoint();
        String region = options.region();
        String profile = options.profile();
        if (profile != null) {
            builder.credentialsProvider(ProfileCredentialsProvider.create(profile))
                    .overrideConfiguration(any -> any.defaultProfileName(profile));
        }
        if (endpoint != null) {
            builder.endpointOverride(endpoint).region(Region.US_EAST_1);
        }
        if (region != null) {
            builder.region(Region.of(region));
        }
        try {
            return builder.build();
        } catch (SdkClientException e) {
            throw new StoreAccessException("the region of the bucket is unknown; give it by --s3-region", e);
        }
    }
}
