package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import java.util.SortedMap;

/**
 * Recorded origin of a database. Immutable.
 *
 * @param restoreId random id of the restore that installed the database
 * @param snapshotId id of the restored snapshot
 * @param positions positions of the restored data; none if the snapshot has none
 * @param possiblyMissing messages of each stream that the restored data may lack
 */
public record Origin(
        String restoreId, String snapshotId, Positions positions, SortedMap<String, SequenceRange> possiblyMissing) {}
