package io.harmonylite.snapshot.internal.install;

import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.internal.sqlite.CopyProgress;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.Sql;
import io.harmonylite.snapshot.internal.sqlite.SqliteConnector;
import io.harmonylite.snapshot.internal.sqlite.SqliteFailures;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConnection;
import org.sqlite.core.DB;

/**
 * Writes a staged image into a database with open connections, as one SQLite transaction. After a crash in the middle,
 * the next connection to the database rolls it back. Used once.
 *
 * <p>The image is pushed: {@code backup} copies from the staged file's connection to the live path. The driver's
 * {@code restore} would pull it, and returns 0 even if it did nothing.
 *
 * @see <a href="https://www.sqlite.org/c3ref/backup_finish.html">SQLite's online backup API</a>
 */
public final class OnlineInstall implements ImageInstall {

    private static final Logger LOG = LoggerFactory.getLogger(OnlineInstall.class);
    private static final int BYTES_PER_STEP = 16 << 20;
    private static final int PAUSE_MILLIS = 2;

    private final SqliteConnector connector;
    private final Replacement replacement;
    private final DatabasePath target;
    private final CopyProgress progress;

    public OnlineInstall(Replacement replacement, SqliteConnector connector, CopyProgress progress) {
        this.replacement = replacement;
        this.target = replacement.target();
        this.connector = connector.untrusting();
        this.progress = progress;
    }

    /** Installs a staged file that is closed and in rollback mode; fails if the database stays locked. */
    @Override
    public Optional<Path> install(Path staged) throws IOException {
        replacement.note(staged, "");
        try (Connection image = connector.openImmutable(staged)) {
            push(image);
        } catch (SQLException e) {
            throw SqliteFailures.translate(staged, e);
        }
        emptyLog();
        return Optional.empty();
    }

    private void push(Connection image) throws SQLException {
        int pageSize = (int) Sql.number(image, "PRAGMA main.page_size");
        Remaining remaining = new Remaining(pageSize);
        DB driver = image.unwrap(SQLiteConnection.class).getDatabase();
        int code = driver.backup(
                "main",
                SqliteConnector.uriOfExisting(target.file()),
                remaining,
                PAUSE_MILLIS,
                pauses(),
                BYTES_PER_STEP / pageSize);
        if (code != 0) {
            throw SqliteFailures.translate(target.file(), code);
        }
        if (remaining.pages != 0) {
            throw new SnapshotException(target + " was not restored: SQLite reported success with " + remaining.pages
                    + " pages left to write; restore again");
        }
    }

    private int pauses() {
        return Math.toIntExact(connector.busyTimeout().toMillis() / PAUSE_MILLIS);
    }

    /** Truncates the WAL file, which is now as large as the image, unless readers still use it. */
    private void emptyLog() {
        try (Connection live = connector.open(target.file())) {
            Sql.execute(live, "PRAGMA busy_timeout = 0");
            Sql.execute(live, "PRAGMA main.wal_checkpoint(TRUNCATE)");
        } catch (SQLException | RuntimeException e) {
            LOG.debug("Could not truncate the WAL file of {}", target, e); // The image is durable without this.
        }
    }

    /** Records the number of pages still to be written, as SQLite reports it after each step. */
    private final class Remaining implements DB.ProgressObserver {

        private final int pageSize;
        private int pages = -1;

        private Remaining(int pageSize) {
            this.pageSize = pageSize;
        }

        @Override
        public void progress(int left, int all) {
            pages = left;
            progress.copied((long) (all - left) * pageSize, (long) all * pageSize);
        }
    }
}
