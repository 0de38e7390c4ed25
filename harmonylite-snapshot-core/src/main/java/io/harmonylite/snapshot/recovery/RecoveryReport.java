package io.harmonylite.snapshot.recovery;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.RestoreReport;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.stream.MessageSpool;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Result of a recovery. Immutable.
 *
 * @param plan the plan that was carried out
 * @param restored result of the restore, if a snapshot was restored
 * @param positions current position of each stream; the host continues with the message after it
 * @param passedOver damaged snapshots that were skipped, each with its problem
 * @param spool messages that were kept while a snapshot of HarmonyLite was restored: pass them to the feed, which applies
 *     them first; empty after any other plan
 * @param elapsed duration of the recovery
 */
public record RecoveryReport(
        RecoveryPlan.Proceed plan,
        Optional<RestoreReport> restored,
        Positions positions,
        SortedMap<SnapshotId, SnapshotException> passedOver,
        @JsonIgnore Optional<MessageSpool> spool,
        Duration elapsed) {}
