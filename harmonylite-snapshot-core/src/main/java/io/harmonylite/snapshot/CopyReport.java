package io.harmonylite.snapshot;

import io.harmonylite.snapshot.exception.SnapshotException;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;

/**
 * The result of a copy. Immutable.
 *
 * @param copied snapshots that this copy stored in the target, in the order in which they were stored
 * @param present snapshots that the target had before
 * @param retired snapshots that were retired in the target, and are not copied again while their markers exist
 * @param problems snapshots that could not be copied, with the cause; other snapshots were copied all the same. Empty if
 *     the request was for one snapshot: then the cause is thrown
 * @param packs number of packs that were transferred
 * @param bytes size of these packs
 * @param bytesPresent size of the packs of the copied snapshots that the target had before
 * @param elapsed duration of the copy
 */
public record CopyReport(
        List<SnapshotId> copied,
        List<SnapshotId> present,
        List<SnapshotId> retired,
        SortedMap<SnapshotId, SnapshotException> problems,
        int packs,
        long bytes,
        long bytesPresent,
        Duration elapsed) {}
