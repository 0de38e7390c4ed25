package io.harmonylite.snapshot.trim;

import io.harmonylite.snapshot.SnapshotId;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;

/**
 * Result of a trim; for a dry run, what it would do. Immutable.
 *
 * @param isDryRun whether nothing was removed because this was a dry run
 * @param snapshots the latest two proven snapshots, on which the trim is based; fewer if fewer are proven
 * @param streams result for each stream, sorted by name
 * @param changeLogRows number of removed rows by change log; empty if change logs are not trimmed
 * @param elapsed duration of the trim
 */
public record TrimReport(
        boolean isDryRun,
        List<SnapshotId> snapshots,
        List<StreamTrim> streams,
        SortedMap<String, Long> changeLogRows,
        Duration elapsed) {

    /** Returns the total number of removed messages and rows. */
    public long removed() {
        long messages = streams.stream().mapToLong(StreamTrim::removed).sum();
        return messages
                + changeLogRows.values().stream().mapToLong(Long::longValue).sum();
    }
}
