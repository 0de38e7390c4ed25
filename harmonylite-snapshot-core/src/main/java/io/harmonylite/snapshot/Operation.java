package io.harmonylite.snapshot;

import java.util.Locale;

/** An operation of a manager or a repository. */
public enum Operation {
    /** Takes a snapshot. */
    TAKE,
    /** Restores a snapshot. */
    RESTORE,
    /** Recovers a database, and restores a snapshot if needed. */
    RECOVER,
    /** Verifies a snapshot. */
    VERIFY,
    /** Runs a restore drill: proves that a snapshot can be restored. */
    PROVE,
    /** Retires snapshots that the retention does not keep, and removes retired snapshots and orphans. */
    PRUNE,
    /** Copies snapshots to another store. */
    COPY,
    /** Purges messages and change-log rows that snapshots have made superfluous. */
    TRIM;

    /** Returns the operation's name in logs and metrics, in lower case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
