package io.harmonylite.snapshot.change;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;

/**
 * Finds and transfers the pending changes of a host: changes in its database that are not yet published.
 *
 * <p>Implementations are thread-safe. They use the given connections only during the call, and neither close them nor
 * change their settings. An {@link SQLException} fails the take or the restore, which then changes nothing.
 */
public interface PendingChanges {

    /**
     * Returns the literal names of the tables that record changes. These tables belong to this node. No snapshot
     * contains them, because a node that restored it would publish the changes once more. They need not exist.
     */
    Set<String> tables();

    /**
     * Counts the pending changes.
     *
     * @param database the live database, inside a read transaction; must not be written
     * @throws SQLException if the changes cannot be counted
     */
    long count(Connection database) throws SQLException;

    /**
     * Transfers the pending changes into an image that is about to replace the live database. It transfers the record,
     * so that the changes are published later, and their effect on the data, in the order in which they were made.
     * Called for every restore that finds a database, even if nothing is pending, because other parts of the record are
     * transferred as well.
     *
     * @param database the live database, inside a read transaction; must not be written
     * @param staged the image, without the tables above, inside a transaction that the caller commits
     * @return number of changes that were transferred
     * @throws SQLException if the changes cannot be transferred
     */
    long transfer(Connection database, Connection staged) throws SQLException;
}
