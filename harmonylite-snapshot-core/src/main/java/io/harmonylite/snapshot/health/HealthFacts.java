package io.harmonylite.snapshot.health;

import io.harmonylite.snapshot.OperationOutcome;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotProof;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The facts on which a health is based, at one moment. Immutable.
 *
 * @param now the host's time; ages are differences between it and the times of the store and of the streams' servers
 * @param newest the newest snapshot; empty if there is none or the store could not be read
 * @param unchangedAt time, by the store's clock, at which the loop last found the database unchanged since a snapshot,
 *     and therefore took none
 * @param lastProof the last proof; empty if there is none or the store could not be read
 * @param snapshots number of snapshots in use
 * @param bytesStored bytes that they occupy in the store
 * @param streams the streams whose state could be read, sorted by name
 * @param feedLag number of messages of each stream that the attached feed has still to apply; empty if no feed is
 *     attached or its lag could not be determined
 * @param failures the last outcome of each operation of this process that failed in its last run
 * @param troubles reasons that do not depend on the policy: what could not be read, what must be recovered, and an
 *     expected proof that does not exist
 */
public record HealthFacts(
        Instant now,
        Optional<SnapshotInfo> newest,
        Optional<Instant> unchangedAt,
        Optional<SnapshotProof> lastProof,
        int snapshots,
        long bytesStored,
        List<StreamHealth> streams,
        SortedMap<String, Long> feedLag,
        List<OperationOutcome> failures,
        List<HealthReason> troubles) {

    /** Copies the collections. */
    public HealthFacts {
        streams = List.copyOf(streams);
        feedLag = Collections.unmodifiableSortedMap(new TreeMap<>(feedLag));
        failures = List.copyOf(failures);
        troubles = List.copyOf(troubles);
    }
}
