package io.harmonylite.snapshot.internal.changelog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The statements of one transaction, each of which is prepared once. As thread-safe as the connection. */
final class Statements implements AutoCloseable {

    private final Connection connection;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();

    Statements(Connection connection) {
        this.connection = connection;
    }

    Connection connection() {
        return connection;
    }

    /** Runs a statement; returns the number of rows that it changed. */
    int update(String sql, List<@Nullable Object> values) throws SQLException {
        return bind(sql, values).executeUpdate();
    }

    int update(String sql, @Nullable Object... values) throws SQLException {
        return update(sql, Arrays.asList(values));
    }

    /** Returns the number in the first column of the first row; null if there is no row. */
    @Nullable
    Long number(String sql, @Nullable Object... values) throws SQLException {
        try (ResultSet row = bind(sql, Arrays.asList(values)).executeQuery()) {
            return row.next() ? row.getLong(1) : null;
        }
    }

    private PreparedStatement bind(String sql, List<@Nullable Object> values) throws SQLException {
        PreparedStatement statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
        }
        for (int i = 0; i < values.size(); i++) {
            statement.setObject(i + 1, values.get(i));
        }
        return statement;
    }

    @Override
    public void close() throws SQLException {
        for (PreparedStatement statement : prepared.values()) {
            statement.close();
        }
    }
}
