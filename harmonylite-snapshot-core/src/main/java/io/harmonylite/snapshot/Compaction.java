package io.harmonylite.snapshot;

/**
 * Whether the copy is rewritten without free space before it is stored. Free pages never travel in any case: they are
 * stored as zeros.
 */
public enum Compaction {
    /** When more than a quarter of the pages are free. */
    WHEN_WORTHWHILE,
    /** Always: the only way to be rid of deleted cells inside pages that are in use. */
    ALWAYS,
    /** Never: pages keep their numbers from snapshot to snapshot. */
    NEVER
}
