package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.exception.SnapshotException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * What is found at a database's path, before anything is decided. Nothing of it was changed. Immutable.
 *
 * @param finding what is there
 * @param origin where it says it comes from
 */
public record DatabaseLook(Finding finding, Optional<Origin> origin) {

    /** What is there. */
    public enum Finding {
        /** Nothing, or a file of 0 bytes. */
        MISSING,
        /** A file whose schema SQLite cannot read. */
        DAMAGED,
        /** A database without a row in any table of the user's. */
        WITHOUT_ROWS,
        /** A database with rows. */
        WITH_ROWS
    }

    private static final String USER_TABLES = "SELECT name FROM pragma_table_list WHERE schema = 'main'"
            + " AND type IN ('table', 'virtual') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

    /** Looks. */
    public static DatabaseLook at(DatabasePath database, SqliteConnector connector) throws IOException {
        if (database.isMissingOrEmpty()) {
            return new DatabaseLook(Finding.MISSING, Optional.empty());
        }
        try (Connection connection = connector.openToLook(database)) {
            Sql.number(connection, "SELECT count(*) FROM main.sqlite_schema");
            Finding finding = hasRows(connection) ? Finding.WITH_ROWS : Finding.WITHOUT_ROWS;
            return new DatabaseLook(finding, OriginTable.read(connection));
        } catch (SQLException e) {
            SnapshotException translated = SqliteFailures.translate(database.file(), e);
            if (translated instanceof DatabaseDamagedException) {
                return new DatabaseLook(Finding.DAMAGED, Optional.empty());
            }
            throw translated;
        }
    }

    /** Shadow tables are their virtual table's, and hold rows of its own even where that has none. */
    private static boolean hasRows(Connection connection) throws SQLException {
        List<String> tables = Sql.texts(connection, USER_TABLES);
        for (String table : tables) {
            if (!ReservedNames.isReserved(table) && hasRow(connection, table)) {
                return true;
            }
        }
        return false;
    }

    /** A table that cannot be read, because it is damaged or its module is missing, may hold any number of rows. */
    private static boolean hasRow(Connection connection, String table) {
        try {
            return Sql.number(connection, "SELECT EXISTS (SELECT 1 FROM main." + Sql.quote(table) + ")") != 0;
        } catch (SQLException e) {
            return true;
        }
    }
}
