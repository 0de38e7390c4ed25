package io.harmonylite.snapshot.internal.sqlite;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * SQLite's integrity checks of a database file.
 *
 * @see <a href="https://www.sqlite.org/pragma.html#pragma_integrity_check">PRAGMA integrity_check</a>
 */
public enum SoundnessCheck {
    /** Checks the structure of every b-tree, without comparing indexes with their tables. */
    QUICK("PRAGMA main.quick_check(10)"),
    /** Checks the structure, and that indexes and tables agree. About six times as slow. */
    FULL("PRAGMA main.integrity_check(10)");

    private final String pragma;

    SoundnessCheck(String pragma) {
        this.pragma = pragma;
    }

    /** Runs the check, and returns at most ten findings of SQLite; none if the database is sound. */
    public List<String> run(Connection connection) throws SQLException {
        List<String> findings = Sql.texts(connection, pragma);
        return findings.equals(List.of("ok")) ? List.of() : findings;
    }
}
