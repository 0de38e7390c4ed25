package io.harmonylite.snapshot.harmonylite;

import io.harmonylite.snapshot.exception.SnapshotException;
import java.time.Duration;
import java.util.Optional;

/**
 * The result of verifying a HarmonyLite snapshot. If its location keeps no tag, a byte that changed inside a row cannot
 * be detected. Immutable.
 *
 * @param snapshot the location's description of the snapshot
 * @param problem the problem that was found; empty if the snapshot is sound
 * @param elapsed duration of the verification
 */
public record HarmonyLiteVerifyReport(
        HarmonyLiteSnapshot snapshot, Optional<SnapshotException> problem, Duration elapsed) {

    /** Returns whether no problem was found. */
    public boolean isSound() {
        return problem.isEmpty();
    }
}
