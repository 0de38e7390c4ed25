package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.internal.concurrent.Interruption;
import io.harmonylite.snapshot.internal.file.CopyProcess;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.format.ImageGeometry;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.LiveDatabase;
import io.harmonylite.snapshot.internal.sqlite.PrivateImage;
import io.harmonylite.snapshot.internal.sqlite.Sql;
import io.harmonylite.snapshot.internal.sqlite.SqliteConnector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies the files of a live database while a read transaction is held. First the log, then the database file; SQLite
 * then applies the copied log to the copied file.
 *
 * <p>In WAL mode the transaction keeps all frames that it reads in the log, or, if the log was checkpointed completely,
 * it keeps checkpoints away from the database file. A checkpoint therefore writes only pages that the copied log contains,
 * so that the copied file may mix states, and even pages. The log may be restarted while it is copied if all of it was
 * checkpointed: its header tells, and the copy is repeated. The image is the last commit in the copied log, which is not
 * older than the transaction. In rollback mode the transaction keeps writers away.
 *
 * <p>Any failure ends the attempt; the caller then copies by SQLite. Used by one thread.
 *
 * @see <a href="https://www.sqlite.org/walformat.html">SQLite's WAL format and locks</a>
 */
final class FileCapture {

    private static final Logger LOG = LoggerFactory.getLogger(FileCapture.class);
    private static final int LOG_HEADER = 32;

    /** SQLite copies a smaller database faster than child processes start. */
    private static final long MIN_BYTES = 16 << 20;

    private static final int ATTEMPTS = 5;

    /** Offsets of the change counter, and of the one for which the version of SQLite is valid. */
    private static final int[] COUNTERS = {24, 92};

    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

    private final FileOperations files;
    private final SqliteConnector connector;
    private final DatabasePath database;
    private final CopyProcess process;
    private final Path copy;
    private boolean isLogCopied;

    /**
     * Prepares a capture.
     *
     * @param copy the file to write; must be empty
     */
    FileCapture(
            FileOperations files, SqliteConnector connector, DatabasePath database, CopyProcess process, Path copy) {
        this.files = files;
        this.connector = connector;
        this.database = database;
        this.process = process;
        this.copy = copy;
    }

    /** Returns whether it is possible and worthwhile to copy the files of a database. */
    static boolean isUseful(DatabasePath database) {
        try {
            return database.size() >= MIN_BYTES && CopyProcess.sees(database.file());
        } catch (IOException e) {
            return false;
        }
    }

    /** Copies the log. Called when the transaction has begun, and inside the gate of a file map if there is one. */
    void copyLog(LiveDatabase live) {
        try {
            isLogCopied = !live.journalMode().equals("wal") || isLogCopied();
        } catch (InterruptedException e) {
            throw Interruption.interrupted(e);
        } catch (IOException e) {
            failed(e);
        }
    }

    private boolean isLogCopied() throws IOException, InterruptedException {
        for (int attempt = 0; Files.exists(database.wal()) && attempt < ATTEMPTS; attempt++) {
            byte[] before = process.head(database.wal(), LOG_HEADER);
            process.copy(database.wal(), log());
            if (Arrays.equals(before, process.head(database.wal(), LOG_HEADER))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Copies the database file, and applies the log.
     *
     * @param live the database, in the read transaction
     * @return whether the copy is an image; if not, it is empty
     */
    boolean copyDatabase(LiveDatabase live) throws IOException {
        try {
            if (isLogCopied && isDatabaseCopied(live)) {
                applyLog(live.journalMode().equals("wal"));
                return true;
            }
        } catch (InterruptedException e) {
            throw Interruption.interrupted(e);
        } catch (IOException | RuntimeException e) {
            failed(e);
        }
        clear();
        return false;
    }

    private boolean isDatabaseCopied(LiveDatabase live) throws IOException, InterruptedException {
        ImageGeometry geometry = live.geometry();
        boolean isWal = live.journalMode().equals("wal");
        process.copy(database.file(), copy);
        try (FileChannel image = files.openForRead(copy)) {
            byte[] magic = new byte[MAGIC.length];
            return image.read(ByteBuffer.wrap(magic)) == magic.length
                    && Arrays.equals(magic, MAGIC)
                    && (isWal || image.size() == geometry.imageBytes());
        }
    }

    /** Applies the copied log, and sets what SQLite counts in the header as in its backup, so that both copies are equal. */
    private void applyLog(boolean isWal) throws IOException {
        new PrivateImage(copy, connector).edit(connection -> {
            Sql.execute(connection, "PRAGMA main.journal_mode = DELETE");
            Sql.execute(connection, "PRAGMA main.schema_version = 1");
        });
        try (FileChannel image = files.openForWrite(copy)) {
            for (int counter : COUNTERS) {
                ByteBuffer count = ByteBuffer.allocate(Integer.BYTES).putInt(0, isWal ? 2 : 1);
                files.write(image, count, counter);
            }
        }
    }

    /** Keeps an interrupt; any other failure is only logged. */
    private void failed(Exception e) {
        Interruption.check();
        LOG.debug("The files of {} cannot be copied by a child process, so SQLite copies the pages", database, e);
    }

    /** Removes what was copied. */
    void clear() throws IOException {
        for (String sidecar : new String[] {"", "-wal", "-shm", "-journal"}) {
            files.delete(copy.resolveSibling(copy.getFileName() + sidecar));
        }
        files.createPrivate(copy).close();
    }

    private Path log() {
        return copy.resolveSibling(copy.getFileName() + "-wal");
    }
}
