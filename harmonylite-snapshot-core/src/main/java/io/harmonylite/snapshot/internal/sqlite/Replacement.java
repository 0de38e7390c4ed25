package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.internal.file.FileFailures;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.format.RestoreNoteCodec.RestoreNote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of putting a staged file in the place of a database, whoever has seen to it that nobody uses that. Immutable.
 *
 * @param files the seam over file operations
 * @param target the database
 * @param lock held by the restore, for the target
 * @param restoreId random id, part of the names of files that are kept
 */
public record Replacement(FileOperations files, DatabasePath target, RestoreLock lock, String restoreId) {

    private static final Logger LOG = LoggerFactory.getLogger(Replacement.class);

    /** Writes down what a later run needs to undo it. */
    void note(Path staged, String journalMode) throws IOException {
        lock.note(
                new RestoreNote(restoreId, target.directory().relativize(staged).toString(), journalMode));
    }

    /** The name under which the target is kept. */
    KeptFile kept(String infix) {
        return new KeptFile(files, target, infix, restoreId);
    }

    /** Gives the staged file owner, group and mode of the target. */
    void dress(Path staged) throws IOException {
        FileOwnership.of(target.file()).applyTo(staged);
    }

    /** Moves a damaged target aside, with its sidecars first, and puts nothing in its place; durable on return. */
    public Path moveDamagedAside() throws IOException {
        KeptFile kept = kept(KeptFile.DAMAGED);
        kept.moveSidecars();
        files.rename(target.file(), kept.path());
        files.syncDirectory(target.directory());
        return kept.path();
    }

    /** The one step that replaces the target. */
    void rename(Path staged) throws IOException {
        files.rename(staged, target.file());
    }

    /** A sidecar without its database would be taken for one of the new file. */
    public void moveSidecarsAside() throws IOException {
        for (Path sidecar : target.sidecars()) {
            if (Files.exists(sidecar)) {
                Path aside = sidecar.resolveSibling(sidecar.getFileName() + ".orphaned-" + restoreId);
                files.rename(sidecar, aside);
                LOG.warn("Moved {} aside to {}: it did not belong to a database in use", sidecar, aside);
            }
        }
    }

    /**
     * After the rename there is no way back, and no reason for one: the new database is in its place. An interrupt is kept,
     * and takes effect after it.
     */
    void makeDurable(Path staged) {
        boolean interrupted = false;
        try {
            while (!areNamesDurable(staged)) {
                interrupted = true;
            }
        } catch (IOException e) {
            throw new SnapshotException(
                    target + " was replaced, but its directory could not be made durable: a power cut may bring the"
                            + " old database back. Restore again",
                    e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** False where an interrupt came between, which is taken away. */
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

    /** Takes the second name away from a target that was not replaced. */
    void takeBack(KeptFile kept, Exception reason) {
        try {
            kept.takeBack();
        } catch (IOException e) {
            reason.addSuppressed(
                    e); // The note stays for the next run only where this process dies; the caller is told.
        }
    }
}
