package io.harmonylite.snapshot.store;

import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.harmonylite.snapshot.testing.SnapshotStoreContract;

class InMemorySnapshotStoreTest extends SnapshotStoreContract {

    private final InMemorySnapshotStore place = new InMemorySnapshotStore();

    @Override
    protected SnapshotStore createStore() {
        return place.again();
    }
}
