package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.internal.format.CheckRecord;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.stream.Stream;

/** A database file that belongs to a single run. Immutable; each call opens its own connection. */
public final class PrivateImage {

    private final Path file;
    private final SqliteConnector connector;

    /** Creates an instance for an existing file. */
    public PrivateImage(Path file, SqliteConnector connector) {
        this.file = file;
        this.connector = connector;
    }

    /** Returns the file of the image. */
    public Path file() {
        return file;
    }

    /** Removes what a snapshot must not contain. */
    public void sanitize(Sanitizer sanitizer) {
        edit(sanitizer::sanitize);
    }

    /** Reads the properties of the image. */
    public ImageProbe probe() {
        return read(ImageProbe::of);
    }

    /** Reads the schema of the image, which must be in rollback mode. */
    DatabaseSchema schema() {
        return read(DatabaseSchema::of);
    }

    /**
     * Writes a compact image with the same content and rowids to a new or empty file. Every page is read and written
     * once, so that a small page cache suffices and stays in the processor's cache.
     *
     * @see <a href="https://www.sqlite.org/lang_vacuum.html">VACUUM INTO</a>
     */
    public void compactInto(Path target) {
        edit(connection -> {
            Sql.execute(connection, "PRAGMA main.cache_size = 100");
            try (PreparedStatement vacuum = connection.prepareStatement("VACUUM main INTO ?")) {
                vacuum.setString(1, target.toString());
                vacuum.execute();
            } catch (SQLException e) {
                SqliteFailures.requireStatementError(e);
                throw new SnapshotConfigurationException("SQLite cannot rebuild it: " + SqliteFailures.reason(e), e);
            }
        });
    }

    /**
     * Checks that SQLite would write the same indexes if it compacted the image, which must be in rollback mode. Reads
     * only tables whose indexes depend on code that an application can replace.
     */
    public void requireSameIndexes() {
        for (String table : read(CustomIndex::tables)) {
            CheckFindings findings = checking(connection -> CheckRun.ofTable(connection, table));
            Stream.concat(findings.unchecked().stream(), findings.damage().stream())
                    .findFirst()
                    .ifPresent(difference -> {
                        throw new SnapshotConfigurationException(
                                "SQLite would rebuild an index in another way: " + difference);
                    });
        }
    }

    /** Checks with SQLite that the image, which must be in rollback mode, is sound; else throws its findings. */
    public CheckRecord check(SoundnessCheck check) {
        return checking(connection -> {
            CheckFindings findings = check.run(connection);
            if (!findings.damage().isEmpty()) {
                throw new DatabaseDamagedException("the image is damaged: " + String.join("; ", findings.damage()));
            }
            String version = Sql.text(connection, "SELECT sqlite_version()");
            return new CheckRecord(check.pragma(), version, findings.constraints(), findings.unchecked());
        });
    }

    /** Edits the image in rollback mode. Nothing is synced: a run that installs the file syncs it after all edits. */
    public void edit(Edit edit) {
        try (Connection connection = connector.open(file)) {
            Sql.execute(connection, "PRAGMA main.synchronous = OFF");
            edit.apply(connection);
            requireCommitted(connection);
        } catch (SQLException e) {
            throw SqliteFailures.translate(file, e);
        }
    }

    /** Throws if a transaction is open, because closing its connection would silently discard the changes. */
    private static void requireCommitted(Connection connection) {
        try {
            Sql.execute(connection, "BEGIN"); // fails inside a transaction
            Sql.execute(connection, "ROLLBACK");
        } catch (SQLException e) {
            throw new SnapshotException("an edit left a transaction open; it must commit before it returns", e);
        }
    }

    /** Sets the journal mode for later connections. Every page is then in the file itself. */
    public void journalMode(String mode) {
        edit(connection -> Sql.execute(
                connection,
                mode.equals("wal") ? "PRAGMA main.journal_mode = WAL" : "PRAGMA main.journal_mode = DELETE"));
    }

    /** Runs a check on a writable connection, because SQLite ignores CHECK constraints of a read-only database. */
    private <T> T checking(LiveDatabase.Query<T> check) {
        try (Connection connection = connector.open(file)) {
            return check.run(connection);
        } catch (SQLException e) {
            throw SqliteFailures.translate(file, e);
        }
    }

    /** Reads the image, which must be in rollback mode. */
    public <T> T read(LiveDatabase.Query<T> query) {
        try (Connection connection = connector.openImmutable(file)) {
            return query.run(connection);
        } catch (SQLException e) {
            throw SqliteFailures.translate(file, e);
        }
    }

    /** An edit of an image. */
    @FunctionalInterface
    public interface Edit {

        /** Edits the image through a connection, which the caller closes. */
        void apply(Connection connection) throws SQLException;
    }
}
