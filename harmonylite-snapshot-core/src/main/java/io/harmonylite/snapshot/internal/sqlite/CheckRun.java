package io.harmonylite.snapshot.internal.sqlite;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One run of SQLite's check, which sorts its findings by their meaning. Used once. */
final class CheckRun {

    private static final int LIMIT = 100; // SQLite's own for a single table
    private static final String NO_LIMIT = String.valueOf(Integer.MAX_VALUE);
    private static final int MAX_DAMAGE = 10;

    private static final Pattern CONSTRAINT = Pattern.compile(
            "(?:NULL|NUMERIC|TEXT|non-\\w+) value in .*|CHECK constraint failed in .*"
                    + "|index .* stores an imprecise floating-point value(?= for row -?\\d+$)",
            Pattern.DOTALL);
    private static final Pattern ORDER = Pattern.compile(
            "(?:row \\d+ (?:missing|values differ) from|non-unique entry in) index (?<index>.*)"
                    + "|row not in PRIMARY KEY order for (?<table>.*)",
            Pattern.DOTALL);
    private static final Pattern FULL_TEXT = Pattern.compile(
            "(?:(?:malformed|unable to validate the) inverted index for FTS\\d table main\\."
                    + "|fts5: checksum mismatch for table \")(?<table>.*?)\"?",
            Pattern.DOTALL);

    private final Connection connection;
    private final String pragma;
    private final List<String> damage = new ArrayList<>();
    private final Map<String, Long> constraints = new LinkedHashMap<>();
    private final Map<String, String> unchecked = new LinkedHashMap<>();
    private @Nullable List<CustomIndex> custom;

    private CheckRun(Connection connection, String pragma) {
        this.connection = connection;
        this.pragma = pragma;
    }

    /** Checks the main database. */
    static CheckFindings ofAll(Connection connection, String pragma) throws SQLException {
        CheckRun run = new CheckRun(connection, pragma);
        try {
            run.check();
        } catch (SQLException e) {
            SqliteFailures.requireStatementError(e);
            run = new CheckRun(connection, pragma);
            run.checkTables();
        }
        if (run.damage.isEmpty()) {
            ForeignKeyCheck.run(connection).forEach(run.constraints::put);
        }
        return run.findings();
    }

    /** Checks one table with its indexes; beyond SQLite's limit for a single table it checks all tables. */
    static CheckFindings ofTable(Connection connection, String table) throws SQLException {
        CheckRun run = new CheckRun(connection, "integrity_check");
        try {
            if (run.read(Sql.quote(table)) == LIMIT && run.damage.isEmpty() && run.unchecked.isEmpty()) {
                run.read(NO_LIMIT);
            }
        } catch (SQLException e) {
            SqliteFailures.requireStatementError(e);
            run.unchecked.put(table, run.why(table, e));
        }
        return run.findings();
    }

    /** Checks all tables; again without a limit if SQLite stops at it before damage was found. */
    private void check() throws SQLException {
        if (read(String.valueOf(LIMIT)) == LIMIT && damage.isEmpty()) {
            constraints.clear();
            unchecked.clear();
            read(NO_LIMIT);
        }
    }

    private int read(String argument) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("PRAGMA main." + pragma + "(" + argument + ")")) {
            int count = 0;
            while (damage.size() < MAX_DAMAGE && rows.next()) {
                add(rows.getString(1));
                count++;
            }
            return count;
        }
    }

    /** Checks each table by itself, because SQLite prepares no check of the whole file if it lacks a function. */
    private void checkTables() throws SQLException {
        for (SchemaObject table : SchemaObject.all(connection)) {
            if (table.isTable()) {
                checkTable(table.name());
            }
        }
    }

    private void checkTable(String table) throws SQLException {
        try {
            if (read(Sql.quote(table)) == LIMIT) {
                unchecked.put(table, "only in part: SQLite stopped after " + LIMIT + " findings");
            }
        } catch (SQLException e) {
            SqliteFailures.requireStatementError(e);
            unchecked.put(table, why(table, e));
            checkWithoutConstraints(table);
        }
    }

    /** Looks for damage in a table of which a CHECK constraint cannot be evaluated. */
    private void checkWithoutConstraints(String table) throws SQLException {
        Sql.execute(connection, "PRAGMA ignore_check_constraints = ON");
        try {
            read(Sql.quote(table));
        } catch (SQLException e) {
            SqliteFailures.requireStatementError(e); // Already noted: more than its constraints cannot be evaluated.
        }
        Sql.execute(connection, "PRAGMA ignore_check_constraints = OFF");
    }

    /** Returns why a check failed. SQLite names a missing tokenizer of FTS5 only in a query that uses it. */
    private String why(String table, SQLException failure) {
        String name = Sql.quote(table);
        try {
            Sql.number(connection, "SELECT 1 FROM main." + name + " WHERE " + name + " MATCH 'a'");
        } catch (SQLException e) {
            if (SqliteFailures.reason(e).contains("tokenizer")) {
                return SqliteFailures.reason(e);
            }
        }
        return SqliteFailures.reason(failure);
    }

    private void add(String finding) throws SQLException {
        Matcher constraint = CONSTRAINT.matcher(finding);
        Matcher fullText = FULL_TEXT.matcher(finding);
        if (constraint.lookingAt()) {
            constraints.merge(constraint.group(), 1L, Long::sum);
        } else if (fullText.matches()) {
            unchecked.put(
                    fullText.group("table"),
                    "its index differs from its content by SQLite's own tokenizer: rebuild the index, unless the"
                            + " application redefines the tokenizer");
        } else if (!isCustom(finding) && !finding.equals("ok")) {
            damage.add(finding);
        }
    }

    /** Returns whether a finding is about an index whose order the application may define, and notes that. */
    private boolean isCustom(String finding) throws SQLException {
        Matcher order = ORDER.matcher(finding);
        if (!order.matches()) {
            return false;
        }
        if (custom == null) {
            custom = CustomIndex.all(connection);
        }
        for (CustomIndex index : custom) {
            if (index.name().equals(order.group("index"))
                    || (index.isPrimaryKey() && index.table().equals(order.group("table")))) {
                unchecked.put(
                        index.table(),
                        "index " + index.name() + " differs from SQLite's own order or expressions: the application"
                                + " may redefine a collation or function");
                return true;
            }
        }
        return false;
    }

    private CheckFindings findings() {
        return new CheckFindings(
                List.copyOf(damage),
                constraints.entrySet().stream()
                        .map(entry ->
                                entry.getKey() + ": " + entry.getValue() + (entry.getValue() == 1 ? " row" : " rows"))
                        .toList(),
                unchecked.entrySet().stream()
                        .map(entry -> entry.getKey() + " (" + entry.getValue() + ")")
                        .toList());
    }
}
