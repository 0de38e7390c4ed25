package io.harmonylite.snapshot;

/** How a restore treats the pending changes of the database that it replaces. */
public enum PendingChangePolicy {
    /** Carries pending changes over. The restore fails if the database cannot be read. */
    TRANSFER,
    /** Fails the restore if there are pending changes, or if the database cannot be read. */
    FAIL,
    /** Discards pending changes. The host states that they are not needed. */
    DISCARD
}
