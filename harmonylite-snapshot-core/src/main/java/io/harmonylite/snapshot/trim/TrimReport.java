package io.harmonylite.snapshot.trim;

import io.harmonylite.snapshot.SnapshotId;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;

/**
 * What a trim did, or, where it was a dry run, what it would do. Immutable.
 *
 * @param isDryRun whether nothing of it was done
 * @param snapshots the latest two snapshots that were proven, by which it went; fewer where there are not two
 * @param streams what happened to each stream, sorted by name
 * @param changeLogRows rows that were removed, by change log; empty where change logs are left alone
 * @param elapsed how long it took
 */
public record TrimReport(
        boolean isDryRun,
        List<SnapshotId> snapshots,
        List<StreamTrim> streams,
        SortedMap<String, Long> changeLogRows,
        Duration elapsed) {

    /** How many messages and rows were removed in all. */
    public long removed() {
        long messages = streams.stream().mapToLong(StreamTrim::removed).sum();
        return messages
                + changeLogRows.values().stream().mapToLong(Long::longValue).sum();
    }
}
