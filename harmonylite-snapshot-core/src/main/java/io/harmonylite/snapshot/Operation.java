package io.harmonylite.snapshot;

import java.util.Locale;

/** What a manager or a repository does. */
public enum Operation {
    /** Takes a snapshot. */
    TAKE,
    /** Restores one. */
    RESTORE,
    /** Recovers a database, by restoring one where that is needed. */
    RECOVER,
    /** Verifies one. */
    VERIFY,
    /** Proves that the latest one can be restored. */
    PROVE,
    /** Retires and removes what is not kept. */
    PRUNE,
    /** Purges what snapshots have made superfluous from streams and change logs. */
    TRIM;

    /** Its name in logs and metrics: in lower case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
