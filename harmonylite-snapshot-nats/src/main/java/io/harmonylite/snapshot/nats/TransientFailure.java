package io.harmonylite.snapshot.nats;

import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells failures that pass by themselves from others: SQLite's locks, and a pool that has no connection to give.
 *
 * @see <a href="https://www.sqlite.org/rescode.html">SQLite result codes</a>
 */
final class TransientFailure {

    private static final int SQLITE_BUSY = 5;
    private static final int SQLITE_LOCKED = 6;
    private static final int SQLITE_PROTOCOL = 15;
    private static final Set<Integer> PASSING = Set.of(SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL);
    private static final int PRIMARY = 0xff;
    private static final int DEEPEST = 20;

    private TransientFailure() {}

    /** Returns whether a failure, or one of its causes, passes by itself. */
    static boolean is(Throwable failure) {
        @Nullable Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
            if (cause instanceof SQLException sql && isTransient(sql)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static boolean isTransient(SQLException failure) {
        return failure instanceof SQLTransientException
                || failure instanceof SQLRecoverableException
                || PASSING.contains(failure.getErrorCode() & PRIMARY);
    }
}
