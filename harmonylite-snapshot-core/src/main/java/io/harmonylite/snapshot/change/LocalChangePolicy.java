package io.harmonylite.snapshot.change;

/** What becomes of changes that are not published when a restore replaces the database that holds them. */
public enum LocalChangePolicy {
    /** They are carried over. Where the database cannot be read the restore fails. */
    CARRY,
    /** The restore fails where there are any, or where the database cannot be read. */
    REFUSE,
    /** They are gone, by the host's own word. */
    DROP
}
