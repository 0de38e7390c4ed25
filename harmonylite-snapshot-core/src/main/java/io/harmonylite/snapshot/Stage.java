package io.harmonylite.snapshot;

/** The stages of the pipelines, in the order in which they run. */
public enum Stage {
    /** Take: copies the pages of the live database in one read transaction. */
    CAPTURE,
    /** Take: drops reserved and excluded objects from the copy. */
    SANITIZE,
    /** Take: gives free space back. */
    COMPACT,
    /** Take that is left out where nothing has changed: compares the image with those of snapshots at the same positions. */
    COMPARE,
    /** Take: asks SQLite whether the copy is sound; runs beside {@link #SEAL}. */
    CHECK,
    /** Take: digests, compresses and uploads the pages. */
    SEAL,
    /** Take: writes the manifest. */
    COMMIT,
    /** Restore and verify: finds the snapshot. */
    SELECT,
    /** Restore and verify: fetches packs, checks every digest. */
    FETCH,
    /** Restore and verify: asks SQLite whether the fetched image is sound. */
    VERIFY,
    /** Prove: writes down that the snapshot was rebuilt and checked. */
    RECORD,
    /** Restore: makes the edits that belong to this node. */
    STAGE,
    /** Restore: puts the staged image in the place of the live database. */
    INSTALL,
    /** Prune: finds out what the store holds. */
    SURVEY,
    /** Prune: takes snapshots out of use. */
    RETIRE,
    /** Prune: removes what nobody needs any more. */
    SWEEP
}
