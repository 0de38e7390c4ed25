package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.internal.concurrent.Interruption;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.format.RestoreNoteCodec.RestoreNote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a staged file in the place of a database by one rename, under proof that nobody uses the old one. Until the
 * rename the old database is whole and in its place; from it on the new one is. Used once.
 */
public final class SwapInstall {

    private static final Logger LOG = LoggerFactory.getLogger(SwapInstall.class);

    private final FileOperations files;
    private final SqliteConnector connector;
    private final DatabasePath target;
    private final RestoreLock lock;
    private final String restoreId;

    /**
     * Prepares an install.
     *
     * @param lock held by the caller, for the target
     * @param restoreId random id, part of the names of files that are kept
     */
    public SwapInstall(
            FileOperations files, SqliteConnector connector, DatabasePath target, RestoreLock lock, String restoreId) {
        this.files = files;
        this.connector = connector;
        this.target = target;
        this.lock = lock;
        this.restoreId = restoreId;
    }

    /**
     * Installs a staged file that is closed, complete and durable.
     *
     * @throws io.harmonylite.snapshot.exception.DatabaseInUseException where others use the target
     * @throws DatabaseDamagedException where the target is damaged, so that nothing can be proven
     */
    public void install(Path staged) throws IOException {
        if (Files.exists(target.file())) {
            replace(staged);
        } else {
            lock.note(note(staged, ""));
            moveIn(staged);
            makeDurable(staged);
        }
    }

    private void replace(Path staged) throws IOException {
        try (ExclusiveHold hold = ExclusiveHold.open(target, connector)) {
            lock.note(note(staged, hold.journalMode()));
            hold.take();
            try {
                FileOwnership.of(target.file()).applyTo(staged);
                files.delete(target.journal()); // The proof's own, finished: nobody else has one while it is held.
                moveIn(staged);
            } catch (IOException | RuntimeException e) {
                hold.giveBack();
                throw e;
            }
            makeDurable(staged);
        } catch (SQLException e) {
            throw SqliteFailures.translate(target.file(), e);
        } catch (InterruptedException e) {
            throw Interruption.interrupted(e);
        }
    }

    private void moveIn(Path staged) throws IOException {
        moveSidecarsAside();
        files.rename(staged, target.file());
    }

    /** After the rename there is no way back, and no reason for one: the new database is in its place. */
    private void makeDurable(Path staged) {
        try {
            files.syncDirectory(target.directory());
            files.syncParent(staged);
        } catch (IOException e) {
            throw new SnapshotException(
                    target + " was replaced, but its directory could not be made durable: a power cut may bring the"
                            + " old database back. Restore again",
                    e);
        }
    }

    /** A sidecar without its database would be taken for one of the new file. */
    private void moveSidecarsAside() throws IOException {
        for (Path sidecar : target.sidecars()) {
            if (Files.exists(sidecar)) {
                Path aside = sidecar.resolveSibling(sidecar.getFileName() + ".orphaned-" + restoreId);
                files.rename(sidecar, aside);
                LOG.warn("Moved {} aside to {}: it did not belong to a database in use", sidecar, aside);
            }
        }
    }

    private RestoreNote note(Path staged, String journalMode) {
        return new RestoreNote(restoreId, target.directory().relativize(staged).toString(), journalMode);
    }
}
