package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.VerifyDepth;
import io.harmonylite.snapshot.VerifyReport;
import io.harmonylite.snapshot.internal.catalog.Proofs;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.runtime.Services;
import java.nio.file.Path;

/**
 * Proves snapshots: rebuilds one in a scratch directory, checks it completely, and records the proof. Replaces nothing.
 */
public final class Drill {

    private final Services services;
    private final SnapshotCatalog catalog;
    private final Verification verification;

    /**
     * Creates a drill for the snapshots in a catalog's store.
     *
     * @param scratchParent parent of the scratch directories in which images are rebuilt
     */
    public Drill(Services services, SnapshotCatalog catalog, Path scratchParent) {
        this.services = services;
        this.catalog = catalog;
        this.verification = new Verification(services, catalog, scratchParent);
    }

    /** Proves the snapshot that a restore of the latest one would choose. */
    public VerifyReport run() {
        return run(services.stages()
                .run(Stage.SELECT, () -> new Select(catalog).run(RestoreRequest.latest()))
                .get(0));
    }

    /** Proves one snapshot. Damage is part of the report; no proof is recorded then. */
    public VerifyReport run(SnapshotId id) {
        VerifyReport report = verification.run(id, VerifyDepth.REBUILD);
        if (report.isSound()) {
            services.stages()
                    .run(
                            Stage.RECORD,
                            () -> new Proofs(catalog)
                                    .record(id, services.clock().instant(), report.elapsed()));
        }
        return report;
    }
}
