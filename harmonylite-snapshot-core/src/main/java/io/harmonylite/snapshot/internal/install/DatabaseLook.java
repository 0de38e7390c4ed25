package io.harmonylite.snapshot.internal.install;

import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.internal.format.Binding;
import io.harmonylite.snapshot.internal.sqlite.BindingTable;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.Origin;
import io.harmonylite.snapshot.internal.sqlite.OriginTable;
import io.harmonylite.snapshot.internal.sqlite.ReservedNames;
import io.harmonylite.snapshot.internal.sqlite.Sql;
import io.harmonylite.snapshot.internal.sqlite.SqliteConnector;
import io.harmonylite.snapshot.internal.sqlite.SqliteFailures;
import io.harmonylite.snapshot.recovery.DatabaseState;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** State, origin and binding of the file at a database's path, read without a change. Immutable. */
public record DatabaseLook(DatabaseState state, Optional<Origin> origin, Optional<Binding> binding) {

    private static final String USER_TABLES = "SELECT name FROM pragma_table_list WHERE schema = 'main'"
            + " AND type IN ('table', 'virtual') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

    /** Reads the state. */
    public static DatabaseLook at(DatabasePath database, SqliteConnector connector) throws IOException {
        if (database.isMissingOrEmpty()) {
            return without(DatabaseState.MISSING);
        }
        try (Connection connection = connector.untrusting().openToLook(database)) {
            Sql.number(connection, "SELECT count(*) FROM main.sqlite_schema");
            DatabaseState state = hasRows(connection) ? DatabaseState.WITH_ROWS : DatabaseState.WITHOUT_ROWS;
            return new DatabaseLook(state, OriginTable.read(connection), BindingTable.read(connection));
        } catch (SQLException e) {
            SnapshotException translated = SqliteFailures.translate(database.file(), e);
            if (translated instanceof DatabaseDamagedException) {
                return without(DatabaseState.DAMAGED);
            }
            throw translated;
        }
    }

    private static DatabaseLook without(DatabaseState state) {
        return new DatabaseLook(state, Optional.empty(), Optional.empty());
    }

    /** Returns whether a user table has a row; those of shadow tables may have some if the virtual table is empty. */
    private static boolean hasRows(Connection connection) throws SQLException {
        List<String> tables = Sql.texts(connection, USER_TABLES);
        for (String table : tables) {
            if (!ReservedNames.isReserved(table) && hasRow(connection, table)) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether a table has a row; true if it cannot be read. */
    private static boolean hasRow(Connection connection, String table) {
        try {
            return Sql.number(connection, "SELECT EXISTS (SELECT 1 FROM main." + Sql.quote(table) + ")") != 0;
        } catch (SQLException e) {
            return true;
        }
    }
}
