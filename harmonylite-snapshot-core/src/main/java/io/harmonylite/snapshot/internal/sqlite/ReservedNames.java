package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;

/**
 * Names of tables, indexes, views and triggers that belong to HarmonyLite or to this library. Both write them in lower
 * case. SQLite does not distinguish ASCII case, so a reserved name in another case is rejected: it belongs to the user,
 * and would be taken for the table of HarmonyLite or of this library. Other names that only look similar belong to the
 * user.
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

    private static final Set<String> OF_LIBRARY = Set.of(POSITIONS, AHEAD, QUARANTINE, TIMES, ORIGIN, BINDING);

    private ReservedNames() {}

    /** Rejects a reserved name in another case than that in which HarmonyLite and this library write it. */
    static void requireOwnCase(String name, Object object) {
        String folded = SqlIdentifiers.fold(name);
        if (folded.startsWith(HARMONYLITE)
                && (!name.startsWith(HARMONYLITE) || (OF_LIBRARY.contains(folded) && !OF_LIBRARY.contains(name)))) {
            throw new SnapshotConfigurationException("the " + object + " has a reserved name in another case, and"
                    + " SQLite does not distinguish case; rename it, or exclude it from snapshots if it is a table");
        }
    }

    /** Returns whether a database has one of this library's tables; rejects a user's one in another case. */
    public static boolean isTable(Connection database, String name) throws SQLException {
        if (Sql.number(database, "SELECT count(*) FROM main.sqlite_schema WHERE name = '" + name + "'") > 0) {
            return true;
        }
        // SQLite itself looks up the name here, without regard to case. An application may redefine NOCASE and lower().
        if (Sql.number(database, "SELECT count(*) FROM pragma_table_info('" + name + "', 'main')") > 0) {
            for (SchemaObject object : SchemaObject.all(database)) {
                requireOwnCase(object.name(), object);
            }
        }
        return false;
    }

    public static boolean isReserved(String name) {
        return name.startsWith(HARMONYLITE);
    }

    /** Returns whether a table of this library describes the data, so that a snapshot contains it. */
    public static boolean isOfImage(String name) {
        return OF_IMAGE.contains(name);
    }

    /** Returns whether a reserved name belongs to HarmonyLite. */
    public static boolean isHarmonyLites(String name) {
        return isReserved(name) && !OF_LIBRARY.contains(name);
    }
}
