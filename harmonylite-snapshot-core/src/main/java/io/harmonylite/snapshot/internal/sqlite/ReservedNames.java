package io.harmonylite.snapshot.internal.sqlite;

import java.util.Set;

/**
 * Names of tables, indexes, views and triggers that belong to HarmonyLite or to this library. The comparison is literal
 * and case-sensitive: names that only look similar belong to the user.
 *
 * <p>This library's tables have HarmonyLite's prefix, so HarmonyLite gives them no triggers and never publishes them.
 * They are known by their whole names, because HarmonyLite's log of a user table {@code snapshot_x} begins alike.
 */
public final class ReservedNames {

    /** Prefix of HarmonyLite's objects, and of this library's. */
    public static final String HARMONYLITE = "__harmonylite__";

    /** Positions of a table map. */
    public static final String POSITIONS = HARMONYLITE + "snapshot_positions";

    /** Ahead ranges of a table map. */
    public static final String AHEAD = HARMONYLITE + "snapshot_ahead";

    /** Rows that a replace has removed. */
    public static final String QUARANTINE = HARMONYLITE + "snapshot_quarantine";

    /** Times of the messages that were applied. */
    public static final String TIMES = HARMONYLITE + "snapshot_times";

    /** The restore that installed the database. */
    public static final String ORIGIN = HARMONYLITE + "snapshot_origin";

    /** The file map that belongs to the database. */
    public static final String BINDING = HARMONYLITE + "snapshot_binding";

    /** Tables that describe the data, so that a snapshot contains them. */
    private static final Set<String> OF_IMAGE = Set.of(POSITIONS, AHEAD, QUARANTINE, TIMES);

    /** Tables that describe this copy of the data only. */
    private static final Set<String> OF_COPY = Set.of(ORIGIN, BINDING);

    private ReservedNames() {}

    /** Returns whether a name is reserved. */
    public static boolean isReserved(String name) {
        return name.startsWith(HARMONYLITE);
    }

    /** Returns whether a table of this library describes the data, so that a snapshot contains it. */
    public static boolean isOfImage(String name) {
        return OF_IMAGE.contains(name);
    }

    /** Returns whether a reserved name belongs to HarmonyLite. */
    public static boolean isHarmonyLites(String name) {
        return isReserved(name) && !OF_IMAGE.contains(name) && !OF_COPY.contains(name);
    }
}
