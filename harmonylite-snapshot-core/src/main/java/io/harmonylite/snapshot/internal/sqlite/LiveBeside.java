package io.harmonylite.snapshot.internal.sqlite;

import java.sql.Connection;
import java.sql.SQLException;

/** A look at one state of a live database while a staged image is edited. Nothing of the live database is changed. */
public final class LiveBeside {

    private LiveBeside() {}

    /** Edits an image, in one transaction of its own, beside one read transaction on the live database. */
    public static void edit(Connection staged, DatabasePath live, SqliteConnector connector, Edit edit)
            throws SQLException {
        try (Connection look = connector.openToLook(live)) {
            begin(look);
            Sql.execute(staged, "BEGIN IMMEDIATE");
            edit.apply(look, staged);
            Sql.execute(staged, "COMMIT");
        }
    }

    /** Asks one state of a live database something. */
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

    /** Changes an image by what a live database holds. */
    @FunctionalInterface
    public interface Edit {

        /** Changes it; where it throws, nothing was changed. */
        void apply(Connection live, Connection staged) throws SQLException;
    }
}
