package io.harmonylite.snapshot.s3;

import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.testing.SnapshotStoreContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class S3SnapshotStoreContractTest extends SnapshotStoreContract {

    @RegisterExtension
    static final S3Server SERVER = new S3Server();

    private final String prefix = S3Server.newPrefix();

    @Override
    protected SnapshotStore createStore() {
        return S3SnapshotStore.builder(SERVER.defaultClient(), S3Server.BUCKET)
                .prefix(prefix)
                .pageSize(40)
                .build();
    }
}
