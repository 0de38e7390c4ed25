package io.harmonylite.snapshot.internal.catalog;

import io.harmonylite.snapshot.internal.concurrent.FakeThrottles;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.harmonylite.snapshot.testing.SnapshotStoreContract;

class ThrottledSnapshotStoreContractTest extends SnapshotStoreContract {

    private final InMemorySnapshotStore place = new InMemorySnapshotStore();

    @Override
    protected SnapshotStore createStore() {
        return new ThrottledSnapshotStore(
                place.again(), FakeThrottles.withoutWaiting(1000), FakeThrottles.withoutWaiting(1000));
    }
}
