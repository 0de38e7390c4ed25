package io.harmonylite.snapshot.change;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;

/**
 * How a host tells of its changes that are not published yet.
 *
 * <p>Implementations are thread-safe, and use the connections they are given during the call alone: they neither close
 * them nor change their settings. An {@link SQLException} fails the take or the restore, and changes nothing.
 */
public interface LocalChanges {

    /**
     * Tables in which the record of changes is kept, literal names. They belong to this node: no snapshot takes them
     * along, where they would be published once more by whoever restores it. They need not exist.
     */
    Set<String> tables();

    /**
     * Counts the changes that are not published yet.
     *
     * @param database the live database, inside a read transaction; not to be written
     */
    long pending(Connection database) throws SQLException;

    /**
     * Brings what is not published yet into an image that is about to replace the live database: the record, so that it
     * is published later, and its effect on the data, in the order in which the changes were made. Called for every
     * restore that finds a database, also where nothing is pending: what else belongs to the record comes along then.
     *
     * @param database the live database, inside a read transaction; not to be written
     * @param staged the image, without the tables above, inside a transaction that the caller commits
     * @return how many changes were carried over
     */
    long carry(Connection database, Connection staged) throws SQLException;
}
