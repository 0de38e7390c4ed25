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
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a staged file in the place of a database by one rename, under proof that nobody uses the old one. Until the
 * rename the old database is whole and in its place; from it on the new one is. Used once.
 */
public final class SwapInstall implements ImageInstall {

    private static final Logger LOG = LoggerFactory.getLogger(SwapInstall.class);

    private final FileOperations files;
    private final SqliteConnector connector;
    private final DatabasePath target;
    private final RestoreLock lock;
    private final String restoreId;
    private final Replaced replaced;
    private boolean noted;

    /**
     * Prepares an install.
     *
     * @param lock held by the caller, for the target
     * @param restoreId random id, part of the names of files that are kept
     */
    public SwapInstall(
            FileOperations files,
            SqliteConnector connector,
            DatabasePath target,
            RestoreLock lock,
            String restoreId,
            Replaced replaced) {
        this.files = files;
        this.connector = connector;
        this.target = target;
        this.lock = lock;
        this.restoreId = restoreId;
        this.replaced = replaced;
    }

    /**
     * Installs a staged file that is closed, complete and durable.
     *
     * @throws io.harmonylite.snapshot.exception.DatabaseInUseException where others use the target
     * @throws DatabaseDamagedException where the target is damaged, so that nothing can be proven, and it may not be
     *     replaced
     */
    @Override
    public Optional<Path> install(Path staged) throws IOException {
        if (!Files.exists(target.file())) {
            create(staged);
            return Optional.empty();
        }
        try {
            return replace(staged, prove(staged));
        } catch (DatabaseDamagedException e) {
            if (!replaced.evenDamaged()) {
                throw e;
            }
            return Optional.of(replaceDamaged(staged));
        }
    }

    private void create(Path staged) throws IOException {
        note(staged, "");
        moveSidecarsAside();
        files.rename(staged, target.file());
        makeDurable(staged);
    }

    /** What is thrown here, is thrown before anything was replaced. */
    private ExclusiveHold prove(Path staged) throws IOException {
        try {
            ExclusiveHold hold = ExclusiveHold.open(target, connector);
            try {
                note(staged, hold.journalMode());
                hold.take();
                return hold;
            } catch (IOException | SQLException | InterruptedException | RuntimeException e) {
                try (hold) {
                    throw e;
                }
            }
        } catch (SQLException e) {
            throw SqliteFailures.translate(target.file(), e);
        } catch (InterruptedException e) {
            throw Interruption.interrupted(e);
        }
    }

    private Optional<Path> replace(Path staged, ExclusiveHold hold) throws IOException {
        KeptFile kept = new KeptFile(files, target, KeptFile.PREVIOUS, restoreId);
        try {
            FileOwnership.of(target.file()).applyTo(staged);
            files.delete(target.journal()); // The proof's own, finished: nobody else has one while it is held.
            if (replaced.keptWhenSound()) {
                kept.link();
            }
            moveSidecarsAside();
            files.rename(staged, target.file());
        } catch (IOException | RuntimeException e) {
            takeBack(kept, e);
            hold.giveBack();
            release(hold);
            throw e;
        }
        try {
            makeDurable(staged);
        } finally {
            release(hold);
        }
        return replaced.keptWhenSound() ? Optional.of(kept.path()) : Optional.empty();
    }

    /** Nothing can be proven: that nobody uses the target is the caller's word. */
    private Path replaceDamaged(Path staged) throws IOException {
        KeptFile kept = new KeptFile(files, target, KeptFile.DAMAGED, restoreId);
        note(staged, "");
        try {
            FileOwnership.of(target.file()).applyTo(staged);
            kept.link();
            kept.moveSidecars();
            files.rename(staged, target.file());
        } catch (IOException | RuntimeException e) {
            takeBack(kept, e);
            throw e;
        }
        makeDurable(staged);
        LOG.warn("Replaced {}, which is damaged; it is kept as {}", target, kept.path());
        return kept.path();
    }

    private static void takeBack(KeptFile kept, Exception reason) {
        try {
            kept.takeBack();
        } catch (IOException e) {
            reason.addSuppressed(e); // The next run finds the note and tries again.
        }
    }

    /** The file it holds was replaced, or given back: its connection has nothing more to write. */
    private void release(ExclusiveHold hold) {
        try {
            hold.close();
        } catch (SQLException e) {
            LOG.warn("The connection that held {} could not be closed", target, e);
        }
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

    private void note(Path staged, String journalMode) throws IOException {
        if (!noted) {
            noted = true;
            lock.note(new RestoreNote(
                    restoreId, target.directory().relativize(staged).toString(), journalMode));
        }
    }

    /**
     * What becomes of the file that is replaced.
     *
     * @param keptWhenSound whether it is kept where it is sound
     * @param evenDamaged whether it may be replaced where it is damaged; it is always kept then
     */
    public record Replaced(boolean keptWhenSound, boolean evenDamaged) {}
}
