package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.nats.NatsHarmonyLiteSnapshot;
import io.harmonylite.snapshot.nats.NatsSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.nats.client.Connection;
import java.io.IOException;
import java.net.URI;
import java.util.regex.Pattern;

/**
 * {@code nats://host:port/bucket} or {@code tls://host:port/bucket}: a JetStream object store bucket that is a store, or that holds HarmonyLite's
 * snapshot.
 */
final class NatsScheme implements Scheme {

    private static final Pattern BUCKET = Pattern.compile("/[A-Za-z0-9_-]+/?");

    @Override
    public String form() {
        return "nats://host:port/bucket";
    }

    @Override
    public void check(URI uri) {
        NatsServers.of(uri);
        if (!BUCKET.matcher(String.valueOf(uri.getPath())).matches()) {
            throw new IllegalArgumentException(
                    "the URL names no bucket of the characters [A-Za-z0-9_-]; write " + form());
        }
        if (uri.getQuery() != null || uri.getFragment() != null) {
            throw new IllegalArgumentException("the URL continues after the bucket; write " + form());
        }
    }

    @Override
    public SnapshotStore open(URI uri, StorageOptions options) throws IOException {
        return connect(
                uri,
                options,
                connection -> new ConnectedStore(
                        builder(connection, uri, options).open(), () -> NatsConnections.close(connection)));
    }

    @Override
    public SnapshotStore create(URI uri, StorageOptions options) throws IOException {
        return connect(
                uri,
                options,
                connection -> new ConnectedStore(
                        builder(connection, uri, options).create(), () -> NatsConnections.close(connection)));
    }

    @Override
    public HarmonyLiteLocation openHarmonyLite(URI uri, StorageOptions options) throws IOException {
        return connect(uri, options, connection -> {
            NatsHarmonyLiteSnapshot named = NatsHarmonyLiteSnapshot.of(connection, bucket(uri));
            Integer replicas = options.nats().replicas();
            NatsHarmonyLiteSnapshot snapshot = replicas == null ? named : named.replicas(replicas);
            return new HarmonyLiteLocation(snapshot, snapshot, () -> NatsConnections.close(connection));
        });
    }

    /** Connects and opens; closes the connection again if opening fails. */
    private static <T> T connect(URI uri, StorageOptions options, Opening<T> opening) throws IOException {
        Connection connection = NatsConnections.connect(NatsServers.of(uri), options.nats());
        try {
            return opening.open(connection);
        } catch (IOException | RuntimeException e) {
            NatsConnections.close(connection);
            throw e;
        }
    }

    private static NatsSnapshotStore.Builder builder(Connection connection, URI uri, StorageOptions options) {
        NatsSnapshotStore.Builder builder = NatsSnapshotStore.builder(connection, bucket(uri));
        Integer replicas = options.nats().replicas();
        ByteCount maxBytes = options.nats().maxBytes();
        builder = replicas == null ? builder : builder.replicas(replicas);
        return maxBytes == null ? builder : builder.maxBytes(maxBytes.bytes());
    }

    private static String bucket(URI uri) {
        return uri.getPath().replace("/", "");
    }

    private interface Opening<T> {
        T open(Connection connection) throws IOException;
    }
}
