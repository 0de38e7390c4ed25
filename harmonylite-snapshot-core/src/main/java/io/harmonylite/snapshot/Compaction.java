package io.harmonylite.snapshot;

/**
 * Controls whether a take removes free space from its private copy of the database. Free pages are stored as zeros in
 * any case.
 *
 * <p>SQLite rebuilds some indexes when it compacts. If an application redefines a collation or function of SQLite, their order
 * would change, and rows would not be found any longer. Such an image is never compacted, unless a {@link
 * ConnectionCustomizer} registers what the application uses.
 */
public enum Compaction {
    /**
     * Compacts if more than a quarter of the pages are free. A compaction that is impossible is skipped, with a warning
     * in the log and the reason in {@link SnapshotInfo#notCompacted}.
     */
    WHEN_WORTHWHILE,
    /**
     * Always compacts; a take fails if that is impossible. Only this removes deleted cells inside pages that are in use.
     */
    ALWAYS,
    /** Never compacts: pages keep their numbers from snapshot to snapshot. */
    NEVER
}
