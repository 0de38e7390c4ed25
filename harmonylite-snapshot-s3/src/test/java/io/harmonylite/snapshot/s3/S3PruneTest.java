package io.harmonylite.snapshot.s3;

import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.testing.SnapshotPruneContract;
import java.io.IOException;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Prunes by the service's clock, which has whole seconds. */
class S3PruneTest extends SnapshotPruneContract {

    @RegisterExtension
    static final S3Server SERVER = new S3Server();

    @Override
    protected SnapshotStore createStore() throws IOException {
        return S3SnapshotStore.builder(SERVER.open(SERVER.client()), S3Server.BUCKET)
                .prefix(S3Server.newPrefix())
                .build();
    }
}
