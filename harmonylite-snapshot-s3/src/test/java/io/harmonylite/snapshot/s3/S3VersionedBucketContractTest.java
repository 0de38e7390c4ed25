package io.harmonylite.snapshot.s3;

import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.testing.SnapshotStoreContract;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;

@Tag("slow")
class S3VersionedBucketContractTest extends SnapshotStoreContract {

    @RegisterExtension
    static final S3Server SERVER = new S3Server();

    private final String prefix = S3Server.newPrefix();

    @BeforeAll
    static void keepVersions() {
        SERVER.defaultClient()
                .putBucketVersioning(request -> request.bucket(S3Server.BUCKET)
                        .versioningConfiguration(versions -> versions.status(BucketVersioningStatus.ENABLED)));
    }

    @Override
    protected SnapshotStore createStore() {
        return S3SnapshotStore.builder(SERVER.defaultClient(), S3Server.BUCKET)
                .prefix(prefix)
                .pageSize(40)
                .build();
    }
}
