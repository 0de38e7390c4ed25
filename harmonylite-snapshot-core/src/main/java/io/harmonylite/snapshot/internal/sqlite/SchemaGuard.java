package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.exception.SchemaMismatchException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Refuses an image with a schema older than that of the live database: a program that was migrated would fail on it, and
 * what its new columns hold would be gone. An image that has more is fine: hosts migrate after they start. Immutable.
 */
public final class SchemaGuard {

    private final SqliteConnector connector;
    private final Set<String> leftOut;

    /**
     * Creates a guard.
     *
     * @param leftOut tables that snapshots do not hold, by the host's own word
     */
    public SchemaGuard(SqliteConnector connector, Set<String> leftOut) {
        this.connector = connector;
        this.leftOut = leftOut.stream().map(SqlIdentifiers::fold).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Compares an image with the live database, which stays as it is.
     *
     * @throws SchemaMismatchException with what the image lacks
     */
    public void check(PrivateImage image, DatabasePath live) {
        check(image.schema(), live);
    }

    /** As {@link #check(PrivateImage, DatabasePath)}, through a connection to the image. */
    public void check(Connection image, DatabasePath live) throws SQLException {
        check(DatabaseSchema.of(image), live);
    }

    private void check(DatabaseSchema image, DatabasePath live) {
        List<String> lacking = image.lacks(schemaOf(live), leftOut);
        if (!lacking.isEmpty()) {
            throw new SchemaMismatchException(live.toString(), lacking);
        }
    }

    private DatabaseSchema schemaOf(DatabasePath live) {
        try (Connection connection = connector.openToLook(live)) {
            return DatabaseSchema.of(connection);
        } catch (SQLException e) {
            throw SqliteFailures.translate(live.file(), e);
        }
    }
}
