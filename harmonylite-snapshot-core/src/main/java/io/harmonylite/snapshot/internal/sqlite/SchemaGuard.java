package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.exception.SchemaMismatchException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Rejects an image that lacks a part of the live database's schema: a migrated application would fail on it. Additional
 * objects are accepted, because hosts migrate after they start. Immutable.
 */
public final class SchemaGuard {

    private final SqliteConnector connector;
    private final Set<String> leftOut;

    /** Creates a guard that ignores the tables that the host excludes from snapshots. */
    public SchemaGuard(SqliteConnector connector, Set<String> leftOut) {
        this.connector = connector;
        this.leftOut = leftOut.stream().map(SqlIdentifiers::fold).collect(Collectors.toUnmodifiableSet());
    }

    /** Compares an image with the live database; throws with the differences if the image lacks something. */
    public void check(PrivateImage image, DatabasePath live) {
        check(image.schema(), live);
    }

    /** Compares like {@link #check(PrivateImage, DatabasePath)}, through a connection to the image. */
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
