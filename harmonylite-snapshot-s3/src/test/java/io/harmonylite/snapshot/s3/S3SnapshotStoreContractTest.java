package io.harmonylite.snapshot.s3;

import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.testing.SnapshotStoreContract;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.s3.S3Client;

class S3SnapshotStoreContractTest extends SnapshotStoreContract {

    @RegisterExtension
    static final S3Server SERVER = new S3Server();

    private static S3Client client;

    private final String prefix = S3Server.newPrefix();

    @BeforeAll
    static void openClient() {
        client = SERVER.open(S3Server.retryingSoon(SERVER.client(), 3));
    }

    @Override
    protected SnapshotStore createStore() {
        return S3SnapshotStore.builder(client, S3Server.BUCKET)
                .prefix(prefix)
                .pageSize(40)
                .build();
    }
}
