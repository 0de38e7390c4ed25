package io.harmonylite.snapshot;

import io.harmonylite.snapshot.exception.SnapshotException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What a restore did. Immutable.
 *
 * @param snapshot the snapshot that was restored
 * @param database where it was installed, symbolic links followed
 * @param method how it was installed
 * @param kept the file that was replaced, where it was kept: the previous database, or the damaged one
 * @param restoreId random id of this restore, also in the database's table {@code harmonylite_snapshot_origin} where the
 *     snapshot has positions
 * @param passedOver snapshots that were chosen first and found damaged, and why
 * @param elapsed how long it took
 */
public record RestoreReport(
        SnapshotInfo snapshot,
        Path database,
        InstallMethod method,
        Optional<Path> kept,
        String restoreId,
        SortedMap<SnapshotId, SnapshotException> passedOver,
        Duration elapsed) {}
