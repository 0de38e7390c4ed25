package io.harmonylite.snapshot.harmonylite;

import io.harmonylite.snapshot.SnapshotInfo;
import java.time.Duration;

/**
 * What an export did. Immutable.
 *
 * @param snapshot the snapshot that was exported; HarmonyLite does not learn its positions
 * @param location where it was written
 * @param sizeBytes its length in bytes
 * @param tag its tag
 * @param previous what became of the object that lay there
 * @param elapsed how long it took
 */
public record HarmonyLiteExportReport(
        SnapshotInfo snapshot,
        String location,
        long sizeBytes,
        String tag,
        PreviousSnapshot previous,
        Duration elapsed) {}
