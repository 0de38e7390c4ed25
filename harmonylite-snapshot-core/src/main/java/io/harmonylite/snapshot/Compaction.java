package io.harmonylite.snapshot;

/**
 * Controls whether a take removes free space from its private copy of the database. Free pages are stored as zeros in
 * any case.
 */
public enum Compaction {
    /** Compacts if more than a quarter of the pages are free. */
    WHEN_WORTHWHILE,
    /** Always compacts. Only this removes deleted cells inside pages that are in use. */
    ALWAYS,
    /** Never compacts: pages keep their numbers from snapshot to snapshot. */
    NEVER
}
