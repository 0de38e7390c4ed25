package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.exception.SnapshotException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** A database file that belongs to one run alone. Immutable; each call opens a connection of its own. */
public final class PrivateImage {

    private final Path file;
    private final SqliteConnector connector;

    /** An image in an existing file. */
    public PrivateImage(Path file, SqliteConnector connector) {
        this.file = file;
        this.connector = connector;
    }

    /** The file itself. */
    public Path file() {
        return file;
    }

    /** Drops what must not travel. */
    public void sanitize(Sanitizer sanitizer) {
        edit(sanitizer::sanitize);
    }

    /** What the image says of itself. */
    public ImageProbe probe() {
        return read(ImageProbe::of);
    }

    /** The image's schema; it must be in rollback mode. */
    DatabaseSchema schema() {
        return read(DatabaseSchema::of);
    }

    /**
     * Writes a compact image of the same content, which keeps rowids, to a new file. Every page is read and written once,
     * so that a small cache is as good as a large one, and stays in the processor's.
     *
     * @see <a href="https://www.sqlite.org/lang_vacuum.html">VACUUM INTO</a>
     */
    public PrivateImage compactInto(Path target) {
        edit(connection -> {
            Sql.execute(connection, "PRAGMA main.cache_size = 100");
            try (PreparedStatement vacuum = connection.prepareStatement("VACUUM main INTO ?")) {
                vacuum.setString(1, target.toString());
                vacuum.execute();
            }
        });
        return new PrivateImage(target, connector);
    }

    /**
     * Asks SQLite whether the image, which must be in rollback mode, is sound.
     *
     * @throws DatabaseDamagedException with SQLite's findings, where it is not
     */
    public void check(SoundnessCheck check) {
        List<String> findings = read(check::run);
        if (!findings.isEmpty()) {
            throw new DatabaseDamagedException("the image is damaged: " + String.join("; ", findings));
        }
    }

    /**
     * Makes edits in rollback mode, through a connection that is closed then. Nothing is synced: a run that dies leaves
     * nothing that anybody reads, and one that installs the file syncs it when all edits are made.
     */
    public void edit(Edit edit) {
        try (Connection connection = connector.open(file)) {
            Sql.execute(connection, "PRAGMA main.synchronous = OFF");
            edit.apply(connection);
            requireCommitted(connection);
        } catch (SQLException e) {
            throw SqliteFailures.translate(file, e);
        }
    }

    /** What a transaction still holds when its connection is closed would be lost without a word. */
    private static void requireCommitted(Connection connection) {
        try {
            Sql.execute(connection, "BEGIN"); // fails inside a transaction
            Sql.execute(connection, "ROLLBACK");
        } catch (SQLException e) {
            throw new SnapshotException("an edit left a transaction open; it must commit before it returns", e);
        }
    }

    /** Sets the journal mode that connections to come find, with every page in the file itself. */
    public void journalMode(String mode) {
        edit(connection -> Sql.execute(
                connection,
                mode.equals("wal") ? "PRAGMA main.journal_mode = WAL" : "PRAGMA main.journal_mode = DELETE"));
    }

    private <T> T read(Query<T> query) {
        try (Connection connection = connector.openImmutable(file)) {
            return query.run(connection);
        } catch (SQLException e) {
            throw SqliteFailures.translate(file, e);
        }
    }

    /** Changes an image. */
    @FunctionalInterface
    public interface Edit {

        /** Changes it through a connection, which the caller closes. */
        void apply(Connection connection) throws SQLException;
    }

    @FunctionalInterface
    private interface Query<T> {
        T run(Connection connection) throws SQLException;
    }
}
