package io.harmonylite.snapshot;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * The host's own edit of a staged image, before it is installed: to create again what snapshots leave out, for instance.
 *
 * <p>Called once per restore, on the restoring thread, with a connection in auto-commit mode to a file that nobody else
 * sees. It may block and must not close the connection. When it throws, the restore fails and the live database is
 * untouched.
 */
@FunctionalInterface
public interface StagedEdit {

    /** Edits the staged image. */
    void apply(Connection staged) throws SQLException;
}
