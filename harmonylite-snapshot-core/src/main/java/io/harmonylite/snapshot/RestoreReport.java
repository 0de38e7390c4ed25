package io.harmonylite.snapshot;

import io.harmonylite.snapshot.exception.SnapshotException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The result of a restore. Immutable.
 *
 * @param snapshot the snapshot that was restored
 * @param database path of the installed database, with symbolic links followed
 * @param method the way in which it was installed
 * @param kept the replaced file if it was kept: the previous database or the damaged one
 * @param restoreId random id of this restore, also stored in the database's table {@code
 *     __harmonylite__snapshot_origin}
 * @param passedOver snapshots that were chosen first and found damaged, with the cause
 * @param bytesFetched bytes of the snapshot that were read from the store, without its manifest
 * @param bytesReused bytes of the image whose pages were taken from the replaced database instead of the store; 0 if
 *     all pages were fetched
 * @param elapsed duration of the restore
 */
public record RestoreReport(
        SnapshotInfo snapshot,
        Path database,
        InstallMethod method,
        Optional<Path> kept,
        String restoreId,
        SortedMap<SnapshotId, SnapshotException> passedOver,
        long bytesFetched,
        long bytesReused,
        Duration elapsed) {}
