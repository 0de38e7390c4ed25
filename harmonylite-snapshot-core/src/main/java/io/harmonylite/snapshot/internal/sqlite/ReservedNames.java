package io.harmonylite.snapshot.internal.sqlite;

/**
 * Names of tables, indexes, views and triggers that belong to HarmonyLite or to this library. Literal and
 * case-sensitive: what merely looks similar is the user's.
 */
public final class ReservedNames {

    /** What HarmonyLite's own objects start with. */
    public static final String HARMONYLITE = "__harmonylite__";

    /** What this library's objects start with. */
    public static final String OURS = "harmonylite_snapshot_";

    private ReservedNames() {}

    /** Whether a name is reserved. */
    public static boolean isReserved(String name) {
        return name.startsWith(HARMONYLITE) || name.startsWith(OURS);
    }
}
