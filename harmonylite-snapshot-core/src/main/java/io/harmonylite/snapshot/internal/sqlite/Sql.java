package io.harmonylite.snapshot.internal.sqlite;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Runs short statements. */
public final class Sql {

    /** Compares names as SQLite does: only ASCII letters are equal in upper and lower case. */
    public static final Comparator<String> NAMES = Comparator.comparing(SqlIdentifiers::fold);

    private Sql() {}

    public static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    public static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    public static String text(Connection connection, String sql) throws SQLException {
        List<String> texts = texts(connection, sql);
        return texts.isEmpty() ? "" : texts.get(0);
    }

    public static List<String> texts(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> texts = new ArrayList<>();
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        }
    }

    /** Quotes a name for use in SQL, whatever its characters. */
    public static String quote(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
