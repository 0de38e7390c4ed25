package io.harmonylite.snapshot.recovery;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.RestoreReport;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.exception.SnapshotException;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What a recovery did. Immutable.
 *
 * @param plan what was decided, and why
 * @param restored the restore, where a snapshot was restored
 * @param positions where each stream stands now: apply the message after it
 * @param passedOver snapshots that were chosen first and found damaged, and why
 * @param elapsed how long it took
 */
public record RecoveryReport(
        RecoveryPlan.Proceed plan,
        Optional<RestoreReport> restored,
        Positions positions,
        SortedMap<SnapshotId, SnapshotException> passedOver,
        Duration elapsed) {}
