package io.harmonylite.snapshot.internal.install;

import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.internal.file.FileFailures;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.file.FileRights;
import io.harmonylite.snapshot.internal.format.RestoreNoteCodec.RestoreNote;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps that put a staged file in place of a database, which the caller ensures is not in use. Immutable. */
public record Replacement(FileOperations files, DatabasePath target, RestoreLock lock, String restoreId) {

    private static final Logger LOG = LoggerFactory.getLogger(Replacement.class);

    /** Records what a later run needs to undo the swap. Durable on return. */
    void note(Path staged, String journalMode) throws IOException {
        lock.note(
                new RestoreNote(restoreId, target.directory().relativize(staged).toString(), journalMode));
    }

    /** Returns the file under which the target is kept. */
    KeptFile kept(String infix) {
        return new KeptFile(files, target, infix, restoreId);
    }

    /** Copies the rights of the target to the staged file; sets those of a new database if there is no target. */
    void copyRightsTo(Path staged) throws IOException {
        if (Files.exists(target.file())) {
            FileRights.of(target.file()).applyTo(staged);
        } else {
            FileRights.setForNewDatabase(staged, lock.noteFile());
        }
    }

    /** Moves a damaged target aside, after its sidecars, and returns its new path. Durable on return. */
    public Path moveDamagedAside() throws IOException {
        KeptFile kept = kept(KeptFile.DAMAGED);
        kept.moveSidecars();
        files.rename(target.file(), kept.path());
        files.syncDirectory(target.directory());
        return kept.path();
    }

    /** Renames the staged file to the target. This single step replaces the target. */
    void rename(Path staged) throws IOException {
        files.rename(staged, target.file());
    }

    /** Moves sidecars without a database aside, because SQLite would use them with the new file. */
    public void moveSidecarsAside() throws IOException {
        for (Path sidecar : target.sidecars()) {
            if (Files.exists(sidecar)) {
                Path aside = sidecar.resolveSibling(sidecar.getFileName() + ".orphaned-" + restoreId);
                files.rename(sidecar, aside);
                LOG.warn("Moved {} aside to {}: it belongs to no database", sidecar, aside);
            }
        }
    }

    /** Makes the rename durable, even after an interrupt, which it keeps: the new database is already in place. */
    void makeDurable(Path staged) {
        boolean interrupted = false;
        try {
            while (!areNamesDurable(staged)) {
                interrupted = true;
            }
        } catch (IOException e) {
            throw new SnapshotException(
                    target + " was replaced, but its directory could not be made durable: a power cut may bring the"
                            + " old database back; restore again",
                    e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Syncs the directories. If an interrupt stops this, clears the interrupt flag and returns false. */
    private boolean areNamesDurable(Path staged) throws IOException {
        try {
            files.syncDirectory(target.directory());
            files.syncParent(staged);
            return true;
        } catch (IOException e) {
            if (FileFailures.isInterrupt(e) && Thread.interrupted()) {
                return false;
            }
            throw e;
        }
    }

    /** Removes the second name of a target that was not replaced. */
    void takeBack(KeptFile kept, Exception reason) {
        try {
            kept.takeBack();
        } catch (IOException e) {
            reason.addSuppressed(e); // The note of this process is deleted, so the caller must learn of it.
        }
    }
}
