package io.harmonylite.snapshot.internal.sqlite;

/**
 * Names of tables, indexes, views and triggers that belong to HarmonyLite or to this library. The comparison is literal
 * and case-sensitive: names that only look similar belong to the user.
 */
public final class ReservedNames {

    /** Prefix of HarmonyLite's objects. */
    public static final String HARMONYLITE = "__harmonylite__";

    /** Prefix of this library's objects. */
    public static final String OURS = "harmonylite_snapshot_";

    private ReservedNames() {}

    /** Returns whether a name is reserved. */
    public static boolean isReserved(String name) {
        return name.startsWith(HARMONYLITE) || name.startsWith(OURS);
    }
}
