package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.nats.NatsSnapshotStore;
import io.harmonylite.snapshot.store.ForwardingSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.store.StoreAccessException;
import io.nats.client.Connection;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.util.regex.Pattern;

/** Stores in a bucket of NATS: {@code nats://host:port/bucket}. */
final class NatsScheme implements StoreScheme {

    private static final Pattern BUCKET = Pattern.compile("/[A-Za-z0-9_-]+/?");

    @Override
    public String form() {
        return "nats://host:port/bucket";
    }

    @Override
    public void check(URI uri) {
        if (uri.getHost() == null) {
            throw new IllegalArgumentException("not a server; write " + form());
        }
        if (!BUCKET.matcher(String.valueOf(uri.getPath())).matches()) {
            throw new IllegalArgumentException("not a bucket, which is made of [A-Za-z0-9_-]; write " + form());
        }
        if (uri.getQuery() != null || uri.getFragment() != null) {
            throw new IllegalArgumentException("nothing may follow the bucket; write " + form());
        }
    }

    @Override
    public SnapshotStore open(StoreOptions options) throws IOException {
        return opened(options, NatsSnapshotStore.Builder::open);
    }

    @Override
    public SnapshotStore create(StoreOptions options) throws IOException {
        return opened(options, NatsSnapshotStore.Builder::create);
    }

    private static SnapshotStore opened(StoreOptions options, Opening opening) throws IOException {
        if (options.areS3OptionsIdle()) {
            throw new StoreAccessException("options that begin with --s3 are of no use with " + options);
        }
        Connection connection =
                NatsConnections.connect(options.uri(), options.nats().credentials());
        try {
            return new ClosingConnection(opening.open(builder(connection, options)), connection);
        } catch (IOException | RuntimeException e) {
            close(connection);
            throw e;
        }
    }

    private static NatsSnapshotStore.Builder builder(Connection connection, StoreOptions options) {
        String bucket = bucket(options.uri());
        NatsSnapshotStore.Builder builder = NatsSnapshotStore.builder(connection, bucket);
        Integer replicas = options.nats().replicas();
        return replicas == null ? builder : builder.replicas(replicas);
    }

    static String bucket(URI uri) {
        return uri.getPath().replace("/", "");
    }

    static void close(Connection connection) throws IOException {
        try {
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while leaving NATS");
        }
    }

    private interface Opening {
        SnapshotStore open(NatsSnapshotStore.Builder builder) throws IOException;
    }

    private static final class ClosingConnection extends ForwardingSnapshotStore {

        private final Connection connection;

        ClosingConnection(SnapshotStore store, Connection connection) {
            super(store);
            this.connection = connection;
        }

        @Override
        public void close() throws IOException {
            super.close();
            NatsScheme.close(connection);
        }

        @Override
        public String toString() {
            return delegate().toString();
        }
    }
}
