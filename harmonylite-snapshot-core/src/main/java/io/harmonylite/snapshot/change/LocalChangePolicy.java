package io.harmonylite.snapshot.change;

/** How a restore treats the pending changes of the database that it replaces. */
public enum LocalChangePolicy {
    /** Carries pending changes over. The restore fails if the database cannot be read. */
    CARRY,
    /** Fails the restore if there are pending changes, or if the database cannot be read. */
    REFUSE,
    /** Discards pending changes. The host states that they are not needed. */
    DROP
}
