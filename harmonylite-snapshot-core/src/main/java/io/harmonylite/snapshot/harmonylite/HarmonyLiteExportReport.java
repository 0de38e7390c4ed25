package io.harmonylite.snapshot.harmonylite;

import io.harmonylite.snapshot.SnapshotInfo;
import java.time.Duration;

/**
 * The result of an export. Immutable.
 *
 * @param snapshot the exported snapshot; its positions are not exported
 * @param location location to which it was written
 * @param sizeBytes length in bytes
 * @param tag its tag
 * @param previous what happened to the object that was replaced
 * @param elapsed duration of the export
 */
public record HarmonyLiteExportReport(
        SnapshotInfo snapshot,
        String location,
        long sizeBytes,
        String tag,
        PreviousSnapshot previous,
        Duration elapsed) {}
