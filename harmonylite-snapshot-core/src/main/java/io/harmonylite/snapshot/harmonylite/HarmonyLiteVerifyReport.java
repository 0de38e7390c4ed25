package io.harmonylite.snapshot.harmonylite;

import io.harmonylite.snapshot.exception.SnapshotException;
import java.time.Duration;
import java.util.Optional;

/**
 * What a verification of a snapshot of HarmonyLite's has found. Where its place keeps no tag, a byte that changed inside a row
 * cannot be told. Immutable.
 *
 * @param snapshot what its place said of it
 * @param problem what is wrong with it; empty where it is sound
 * @param elapsed how long it took
 */
public record HarmonyLiteVerifyReport(
        HarmonyLiteSnapshot snapshot, Optional<SnapshotException> problem, Duration elapsed) {

    /** Whether nothing is wrong with it. */
    public boolean isSound() {
        return problem.isEmpty();
    }
}
