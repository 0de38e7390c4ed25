package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import java.util.SortedMap;

/**
 * Recorded origin of a database: the restore, the snapshot, its positions, and the messages that the data may lack.
 * Immutable.
 */
public record Origin(
        String restoreId, String snapshotId, Positions positions, SortedMap<String, SequenceRange> possiblyMissing) {}
