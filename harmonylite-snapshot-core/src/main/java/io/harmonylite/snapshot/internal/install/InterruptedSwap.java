package io.harmonylite.snapshot.internal.install;

import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.format.MalformedException;
import io.harmonylite.snapshot.internal.format.RestoreNoteCodec;
import io.harmonylite.snapshot.internal.format.RestoreNoteCodec.RestoreNote;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.Sql;
import io.harmonylite.snapshot.internal.sqlite.SqliteConnector;
import io.harmonylite.snapshot.internal.sqlite.SqliteFailures;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Undoes a swap that a crash interrupted between its exclusive hold and its rename: the old database, complete and in
 * its place, gets its journal mode back and loses its second name.
 */
final class InterruptedSwap {

    private static final Logger LOG = LoggerFactory.getLogger(InterruptedSwap.class);
    private static final int MAX_NOTE_BYTES = 8 << 10;

    private InterruptedSwap() {}

    /** Undoes the swap, and returns the id of the restore; empty if its note is incomplete. */
    static Optional<String> undo(
            FileOperations files, FileChannel noteFile, DatabasePath database, SqliteConnector connector)
            throws IOException {
        Optional<RestoreNote> note = read(noteFile);
        if (note.isEmpty()) {
            LOG.debug("An interrupted restore of {} had not touched the database", database);
            return Optional.empty();
        }
        for (String infix : List.of(KeptFile.PREVIOUS, KeptFile.DAMAGED)) {
            new KeptFile(files, database, infix, note.get().restoreId()).takeBack();
        }
        setJournalModeBack(note.get(), database, connector);
        return Optional.of(note.get().restoreId());
    }

    /** Reads a note. An incomplete one has nothing to undo, because it is durable before any file is touched. */
    static Optional<RestoreNote> read(FileChannel noteFile) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MAX_NOTE_BYTES);
        int length = noteFile.read(bytes, 0);
        try {
            return Optional.of(RestoreNoteCodec.decode(Arrays.copyOf(bytes.array(), Math.max(length, 0))));
        } catch (MalformedException e) {
            return Optional.empty();
        }
    }

    /**
     * Sets the journal mode back to WAL if the old database had it, whether or not the rename took place: a new
     * database has the mode of the old one, and a missing staged file does not prove the rename.
     */
    private static void setJournalModeBack(RestoreNote note, DatabasePath database, SqliteConnector connector) {
        if (!note.journalMode().equals("wal") || !Files.exists(database.file())) {
            return;
        }
        try (Connection connection = connector.untrusting().open(database.file())) {
            Sql.execute(connection, "PRAGMA main.journal_mode = WAL");
            LOG.info("Set the journal mode of {} back to WAL after an interrupted restore", database);
        } catch (SQLException e) {
            if (!SqliteFailures.isDamage(e)) {
                throw SqliteFailures.translate(database.file(), e);
            }
            LOG.warn("Could not set the journal mode of {} back to WAL: the database is damaged", database, e);
        }
    }
}
