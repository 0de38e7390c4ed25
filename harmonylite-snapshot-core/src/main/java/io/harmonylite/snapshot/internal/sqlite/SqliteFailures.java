package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.exception.DatabaseInUseException;
import io.harmonylite.snapshot.exception.DatabaseNotFoundException;
import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * Translates SQLite's result codes into this library's exceptions.
 *
 * @see <a href="https://www.sqlite.org/rescode.html">SQLite result codes</a>
 */
public final class SqliteFailures {

    private SqliteFailures() {}

    /** Returns the exception for a failed call on a database. */
    public static SnapshotException translate(Path database, SQLException failure) {
        int code = failure instanceof SQLiteException sqlite ? sqlite.getResultCode().code : failure.getErrorCode();
        return translate(database, code, failure.getMessage(), failure);
    }

    /** Returns the exception for a result code that a call returned. */
    public static SnapshotException translate(Path database, int code) {
        return translate(database, code, SQLiteErrorCode.getErrorCode(code).toString(), null);
    }

    public static boolean isDamage(SQLException failure) {
        return failure instanceof SQLiteException sqlite && isDamage(sqlite.getResultCode().code);
    }

    /**
     * Returns if a statement could not be prepared or run as it is, for example because it needs a function, collation,
     * module or tokenizer that this process lacks, or a value that is too long; throws any other failure.
     */
    static void requireStatementError(SQLException failure) throws SQLException {
        boolean isStatementError = failure instanceof SQLiteException sqlite
                && switch (primary(sqlite.getResultCode().code)) {
                    case SQLITE_ERROR, SQLITE_TOOBIG -> true;
                    default -> false;
                };
        if (!isStatementError) {
            throw failure;
        }
    }

    /** Returns SQLite's own message, without the text that its driver puts around it. */
    public static String reason(SQLException failure) {
        return String.valueOf(failure.getMessage()).replaceFirst("(?s)^\\[SQLITE_\\w+] .*? \\((.*)\\)$", "$1");
    }

    /** Returns whether SQLite was not allowed to open a file, or to create a sidecar that it needs. */
    static boolean isForbidden(SQLException failure) {
        return failure instanceof SQLiteException sqlite
                && switch (primary(sqlite.getResultCode().code)) {
                    case SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM -> true;
                    default -> false;
                };
    }

    private static SnapshotException translate(
            Path database, int code, @Nullable String what, @Nullable Throwable cause) {
        if (isDamage(code)) {
            return new DatabaseDamagedException(
                    database + " is damaged, encrypted or not a SQLite database: " + what, cause);
        }
        if (code == SQLiteErrorCode.SQLITE_IOERR_SHMSIZE.code) {
            return new InsufficientSpaceException(
                    database + " cannot be opened: its -shm needs 32768 bytes, and no space is left on its volume: "
                            + what,
                    cause);
        }
        return switch (primary(code)) {
            case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL ->
                new DatabaseInUseException(
                        database + " is in use: " + what + ". Close other connections, or wait, and try again", cause);
            case SQLITE_FULL ->
                new InsufficientSpaceException("no space is left on the volume of " + database + ": " + what, cause);
            case SQLITE_NOMEM ->
                new InsufficientSpaceException("SQLite has not enough memory for " + database + ": " + what, cause);
            case SQLITE_CANTOPEN -> cannotOpen(database, what, cause);
            case SQLITE_PERM, SQLITE_READONLY, SQLITE_AUTH ->
                new SnapshotConfigurationException(database + " cannot be written by this process: " + what, cause);
            default -> new SnapshotException("SQLite failed on " + database + ": " + what, cause);
        };
    }

    private static SnapshotException cannotOpen(Path database, @Nullable String what, @Nullable Throwable cause) {
        if (Files.exists(database)) {
            return new SnapshotConfigurationException(database + " cannot be opened: " + what, cause);
        }
        return new DatabaseNotFoundException("there is no database at " + database, cause);
    }

    /** Returns whether a result code means that the volume is full. */
    static boolean isFull(int code) {
        return primary(code) == SQLiteErrorCode.SQLITE_FULL;
    }

    private static boolean isDamage(int code) {
        SQLiteErrorCode primary = primary(code);
        return primary == SQLiteErrorCode.SQLITE_CORRUPT || primary == SQLiteErrorCode.SQLITE_NOTADB;
    }

    private static SQLiteErrorCode primary(int code) {
        return SQLiteErrorCode.getErrorCode(code & 0xff);
    }
}
