package io.harmonylite.snapshot;

/** The stages of the operations, in the order in which they run. */
public enum Stage {
    /** Take: copies the pages of the live database in one read transaction. */
    CAPTURE,
    /** Take: drops reserved and excluded objects from the copy. */
    SANITIZE,
    /** Take: removes free space from the copy. */
    COMPACT,
    /** Take: has SQLite check the copy; runs at the same time as {@link #SEAL}. */
    CHECK,
    /** Take: digests all pages, compresses and uploads those that have changed. */
    SEAL,
    /** Copy: transfers packs that the target lacks. */
    COPY,
    /** Take and copy: writes the manifest. */
    COMMIT,
    /** Restore, verify and copy: finds the snapshot. */
    SELECT,
    /** Restore and verify: fetches packs and checks every digest. */
    FETCH,
    /** Restore and verify: has SQLite check the fetched image. */
    VERIFY,
    /** Drill: records that the snapshot was rebuilt and checked. */
    RECORD,
    /** Restore: applies the edits that belong to this node. */
    STAGE,
    /** Restore: replaces the live database with the staged image. */
    INSTALL,
    /** Prune: lists the objects in the store. */
    SURVEY,
    /** Prune: marks snapshots as retired. */
    RETIRE,
    /** Prune: removes retired snapshots and orphans after their grace period. */
    SWEEP
}
