package io.harmonylite.snapshot.internal.sqlite;

import java.sql.Connection;
import java.sql.SQLException;

/** Reads one committed state of a live database, which it never changes, alone or while a staged image is edited. */
public final class LiveReader {

    private LiveReader() {}

    /** Edits an image in one transaction, during one read transaction on the live database. */
    public static void edit(Connection staged, DatabasePath live, SqliteConnector connector, Edit edit)
            throws SQLException {
        try (Connection look = connector.openToLook(live)) {
            begin(look);
            Sql.execute(staged, "BEGIN IMMEDIATE");
            edit.apply(look, staged);
            Sql.execute(staged, "COMMIT");
        }
    }

    /** Runs a query on one committed state of a live database. */
    public static <T> T look(DatabasePath live, SqliteConnector connector, LiveDatabase.Query<T> query) {
        try (Connection look = connector.openToLook(live)) {
            begin(look);
            return query.run(look);
        } catch (SQLException e) {
            throw SqliteFailures.translate(live.file(), e);
        }
    }

    private static void begin(Connection look) throws SQLException {
        Sql.execute(look, "BEGIN");
        Sql.number(look, "SELECT count(*) FROM main.sqlite_schema");
    }

    /** An edit of an image that depends on the contents of a live database. */
    @FunctionalInterface
    public interface Edit {

        /** Edits the image. If it throws, the image is unchanged. */
        void apply(Connection live, Connection staged) throws SQLException;
    }
}
