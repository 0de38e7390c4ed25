package io.harmonylite.snapshot;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Edits a staged image before it is installed, for example to create objects again that snapshots leave out.
 *
 * <p>{@link #apply} is called once per restore, on the restoring thread. Its connection is in auto-commit mode and
 * opens a private file. It may block and must not close the connection. If it throws, the restore fails and the live
 * database is untouched.
 */
@FunctionalInterface
public interface StagedEdit {

    /**
     * Edits the staged image.
     *
     * @throws SQLException if the edit fails
     */
    void apply(Connection staged) throws SQLException;
}
