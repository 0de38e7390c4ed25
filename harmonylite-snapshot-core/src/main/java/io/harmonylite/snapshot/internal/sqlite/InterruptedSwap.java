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
import java.util.Optional;
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

    /** The id of the restore, where its note is complete. */
    static Optional<String> undo(
            FileOperations files, FileChannel noteFile, DatabasePath database, SqliteConnector connector)
            throws IOException {
        Optional<RestoreNote> note = read(noteFile);
        if (note.isEmpty()) {
            LOG.debug("A restore of {} ended before it touched the database", database);
            return Optional.empty();
        }
        for (String infix : List.of(KeptFile.PREVIOUS, KeptFile.DAMAGED)) {
            new KeptFile(files, database, infix, note.get().restoreId()).takeBack();
        }
        setJournalModeBack(note.get(), database, connector);
        return Optional.of(note.get().restoreId());
    }

    /** The note is complete and durable before anything is touched: one that is cut off has nothing to undo. */
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
     * Whether the rename came or not: the new database is given the mode of the old one before, and nothing else tells for
     * sure. That the staged file is gone does not: a power cut may keep that half of a rename between two directories.
     */
    private static void setJournalModeBack(RestoreNote note, DatabasePath database, SqliteConnector connector) {
        if (!note.journalMode().equals("wal") || !Files.exists(database.file())) {
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
