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

/** A restore that replaces nothing: rebuilds a snapshot in scratch, checks it completely, and writes that down. */
public final class Drill {

    private final Services services;
    private final SnapshotCatalog catalog;
    private final Verification verification;

    /**
     * A drill on snapshots in a catalog's store.
     *
     * @param scratchParent where images are rebuilt
     */
    public Drill(Services services, SnapshotCatalog catalog, Path scratchParent) {
        this.services = services;
        this.catalog = catalog;
        this.verification = new Verification(services, catalog, scratchParent);
    }

    /** Proves the snapshot that a restore of the latest would choose. */
    public VerifyReport run() {
        return run(services.stages()
                .run(Stage.SELECT, () -> new Select(catalog).run(RestoreRequest.latest()))
                .get(0));
    }

    /** Proves one snapshot. What is wrong with it is part of the report, and nothing is written down then. */
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
