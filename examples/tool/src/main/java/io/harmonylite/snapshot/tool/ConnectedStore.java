package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.store.ForwardingSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.Closeable;
import java.io.IOException;

/** A store that closes the connection that was opened for it. */
final class ConnectedStore extends ForwardingSnapshotStore {

    private final Closeable connection;

    ConnectedStore(SnapshotStore store, Closeable connection) {
        super(store);
        this.connection = connection;
    }

    @Override
    public void close() throws IOException {
        try (connection) {
            super.close();
        }
    }

    @Override
    public String toString() {
        return delegate().toString();
    }
}
