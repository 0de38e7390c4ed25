package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.format.MalformedException;
import io.harmonylite.snapshot.internal.format.RestoreNoteCodec;
import io.harmonylite.snapshot.internal.format.RestoreNoteCodec.RestoreNote;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A swap that a crash cut off between its proof, which takes the old database out of WAL mode, and its rename: the old
 * database is whole and still in its place, and only has to get its journal mode back and to lose a second name.
 */
final class InterruptedSwap {

    private static final Logger LOG = LoggerFactory.getLogger(InterruptedSwap.class);
    private static final int MAX_NOTE_BYTES = 8 << 10;

    private InterruptedSwap() {}

    static void undo(FileOperations files, FileChannel noteFile, DatabasePath database, SqliteConnector connector)
            throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MAX_NOTE_BYTES);
        int length = noteFile.read(bytes, 0);
        try {
            RestoreNote note = RestoreNoteCodec.decode(Arrays.copyOf(bytes.array(), Math.max(length, 0)));
            for (String infix : List.of(KeptFile.PREVIOUS, KeptFile.DAMAGED)) {
                new KeptFile(files, database, infix, note.restoreId()).takeBack();
            }
            setJournalModeBack(note, database, connector);
        } catch (MalformedException e) {
            // The note is complete and durable before the proof begins: one that is cut off has nothing to undo.
            LOG.debug("A restore of {} ended before it touched the database", database);
        }
    }

    private static void setJournalModeBack(RestoreNote note, DatabasePath database, SqliteConnector connector) {
        boolean renamed = !Files.exists(database.directory().resolve(note.staged()));
        if (renamed || !note.journalMode().equals("wal") || !Files.exists(database.file())) {
            return;
        }
        try (Connection connection = connector.open(database.file())) {
            Sql.execute(connection, "PRAGMA main.journal_mode = WAL");
            LOG.info("Set the journal mode of {} back to WAL after a restore that was cut off", database);
        } catch (SQLException e) {
            if (!SqliteFailures.isDamage(e)) {
                throw SqliteFailures.translate(database.file(), e);
            }
            LOG.warn("The journal mode of {} is not set back to WAL: it is damaged", database, e);
        }
    }
}
