package io.harmonylite.snapshot.internal.sqlite;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * SQLite's integrity checks of a database file.
 *
 * @see <a href="https://www.sqlite.org/pragma.html#pragma_integrity_check">PRAGMA integrity_check</a>
 */
public enum SoundnessCheck {
    /** Checks the structure of every b-tree, without comparing indexes with their tables. */
    QUICK("quick_check"),
    /** Checks the structure, and that indexes and tables agree. About six times as slow. */
    FULL("integrity_check");

    private final String pragma;

    SoundnessCheck(String pragma) {
        this.pragma = pragma;
    }

    /** Returns the name of the pragma. */
    String pragma() {
        return pragma;
    }

    /** Runs the check, and counts violated foreign keys if there is no damage. */
    CheckFindings run(Connection connection) throws SQLException {
        return CheckRun.ofAll(connection, pragma);
    }
}
