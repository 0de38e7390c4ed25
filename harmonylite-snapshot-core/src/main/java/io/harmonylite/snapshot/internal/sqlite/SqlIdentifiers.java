package io.harmonylite.snapshot.internal.sqlite;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Finds the identifiers in a piece of SQL, with ASCII letters in lower case, as SQLite compares them. Comments are
 * skipped. Text literals count as identifiers, because SQLite accepts them where only an identifier fits.
 *
 * @see <a href="https://www.sqlite.org/lang_keywords.html">SQLite's quoting rules</a>
 */
final class SqlIdentifiers {

    private final String sql;
    private final Set<String> found = new HashSet<>();
    private int at;

    private SqlIdentifiers(String sql) {
        this.sql = sql;
    }

    static Set<String> in(String sql) {
        SqlIdentifiers scan = new SqlIdentifiers(sql);
        while (scan.at < sql.length()) {
            scan.token();
        }
        return scan.found;
    }

    /** Folds a name as SQLite compares it: only ASCII letters become lower case. */
    static String fold(String name) {
        StringBuilder folded = new StringBuilder(name);
        for (int i = 0; i < folded.length(); i++) {
            char c = folded.charAt(i);
            if (c < 0x80) {
                folded.setCharAt(i, String.valueOf(c).toLowerCase(Locale.ROOT).charAt(0));
            }
        }
        return folded.toString();
    }

    private void token() {
        char c = sql.charAt(at);
        if (sql.startsWith("--", at)) {
            skipTo("\n");
        } else if (sql.startsWith("/*", at)) {
            skipTo("*/");
        } else if (c == '"' || c == '\'' || c == '`') {
            quoted(c);
        } else if (c == '[') {
            quoted(']');
        } else if (isPart(c)) {
            bare();
        } else {
            at++;
        }
    }

    private void skipTo(String end) {
        int found = sql.indexOf(end, at + 2);
        at = found < 0 ? sql.length() : found + end.length();
    }

    private void quoted(char end) {
        StringBuilder name = new StringBuilder();
        at++;
        while (at < sql.length()) {
            char c = sql.charAt(at++);
            boolean doubled = c == end && end != ']' && at < sql.length() && sql.charAt(at) == end;
            if (c == end && !doubled) {
                break;
            }
            name.append(c);
            at += doubled ? 1 : 0;
        }
        found.add(fold(name.toString()));
    }

    private void bare() {
        int start = at;
        while (at < sql.length() && isPart(sql.charAt(at))) {
            at++;
        }
        found.add(fold(sql.substring(start, at)));
    }

    private static boolean isPart(char c) {
        return c >= 0x80 || c == '_' || c == '$' || Character.isLetterOrDigit(c);
    }
}
