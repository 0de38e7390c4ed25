package io.harmonylite.snapshot;

import io.harmonylite.snapshot.exception.SnapshotException;
import java.time.Duration;
import java.util.Optional;

/**
 * What a verification found. Immutable.
 *
 * @param id the snapshot
 * @param depth how thoroughly it was verified
 * @param problem what is wrong with the snapshot; empty where nothing is
 * @param elapsed how long it took
 */
public record VerifyReport(SnapshotId id, VerifyDepth depth, Optional<SnapshotException> problem, Duration elapsed) {

    /** Whether nothing is wrong. */
    public boolean isSound() {
        return problem.isEmpty();
    }
}
