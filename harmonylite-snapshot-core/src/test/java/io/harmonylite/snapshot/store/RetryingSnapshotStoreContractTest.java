package io.harmonylite.snapshot.store;

import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.harmonylite.snapshot.testing.SnapshotStoreContract;
import java.time.Duration;

class RetryingSnapshotStoreContractTest extends SnapshotStoreContract {

    private final InMemorySnapshotStore place = new InMemorySnapshotStore();

    @Override
    protected SnapshotStore createStore() {
        return RetryingSnapshotStore.builder(place.again())
                .firstWait(Duration.ofMillis(1))
                .patience(Duration.ofMillis(20))
                .build();
    }
}
