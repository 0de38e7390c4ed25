package io.harmonylite.snapshot.internal.sqlite;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;

/** Looks at the database that is to be replaced, without changing it. */
public final class TargetProbe {

    private TargetProbe() {}

    /**
     * Journal mode the new file is to have: that of the database it replaces, or where there is none that of the
     * database the snapshot was taken from.
     *
     * @throws io.harmonylite.snapshot.exception.DatabaseDamagedException where the target is damaged
     */
    public static String journalMode(DatabasePath target, SqliteConnector connector, String ofSnapshot)
            throws IOException {
        if (target.isMissingOrEmpty()) {
            return ofSnapshot;
        }
        try (Connection connection = connector.open(target.file())) {
            Sql.number(connection, "SELECT count(*) FROM main.sqlite_schema");
            return Sql.text(connection, "PRAGMA main.journal_mode");
        } catch (SQLException e) {
            throw SqliteFailures.translate(target.file(), e);
        }
    }
}
