package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.Positions;

/**
 * Where a database says it comes from. Immutable.
 *
 * @param restoreId random id of the restore that put it there
 * @param snapshotId the snapshot it was
 * @param positions the positions its data came with
 */
public record Origin(String restoreId, String snapshotId, Positions positions) {}
