package io.harmonylite.snapshot.health;

import io.harmonylite.snapshot.OperationOutcome;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotProof;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is known, at one moment. Immutable.
 *
 * @param now the host's time; ages are differences between it and the store's
 * @param newest the newest snapshot, where there is one and the store could be read
 * @param unchangedAt when it was last found that nothing had changed since a snapshot, by the store's time: by the loop, which
 *     then takes none
 * @param lastProof the last proof, in the same way
 * @param snapshots how many snapshots are in use
 * @param bytesStored what they occupy in the store
 * @param streams the streams that could be asked, sorted by name
 * @param failures the last outcome of each operation of this process whose last outcome is a failure
 * @param troubles what is wrong whatever the policy says: what could not be learned, and what must be recovered
 */
public record HealthFacts(
        Instant now,
        Optional<SnapshotInfo> newest,
        Optional<Instant> unchangedAt,
        Optional<SnapshotProof> lastProof,
        int snapshots,
        long bytesStored,
        List<StreamHealth> streams,
        List<OperationOutcome> failures,
        List<HealthReason> troubles) {

    /** Copies the lists. */
    public HealthFacts {
        streams = List.copyOf(streams);
        failures = List.copyOf(failures);
        troubles = List.copyOf(troubles);
    }
}
