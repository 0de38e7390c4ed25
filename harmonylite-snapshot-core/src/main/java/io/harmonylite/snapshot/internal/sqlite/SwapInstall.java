package io.harmonylite.snapshot.internal.sqlite;

import io.harmonylite.snapshot.exception.DatabaseDamagedException;
import io.harmonylite.snapshot.internal.concurrent.Interruption;
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

    private final Replacement replacement;
    private final SqliteConnector connector;
    private final Previous previous;

    /** Prepares an install. */
    public SwapInstall(Replacement replacement, SqliteConnector connector, Previous previous) {
        this.replacement = replacement;
        this.connector = connector;
        this.previous = previous;
    }

    /**
     * Installs a staged file that is closed, complete and durable.
     *
     * @throws io.harmonylite.snapshot.exception.DatabaseInUseException where others use the target
     * @throws DatabaseDamagedException where the target is damaged, so that nothing can be proven
     */
    @Override
    public Optional<Path> install(Path staged) throws IOException {
        if (Files.exists(target().file())) {
            return replace(staged, prove(staged));
        }
        replacement.note(staged, "");
        replacement.moveSidecarsAside();
        replacement.rename(staged);
        replacement.makeDurable(staged);
        return Optional.empty();
    }

    private DatabasePath target() {
        return replacement.target();
    }

    private ExclusiveHold prove(Path staged) throws IOException {
        try {
            ExclusiveHold hold = ExclusiveHold.open(target(), connector);
            try {
                replacement.note(staged, hold.journalMode());
                hold.take();
                return hold;
            } catch (IOException | SQLException | InterruptedException | RuntimeException e) {
                try (hold) {
                    throw e;
                }
            }
        } catch (SQLException e) {
            throw SqliteFailures.translate(target().file(), e);
        } catch (InterruptedException e) {
            throw Interruption.interrupted(e);
        }
    }

    private Optional<Path> replace(Path staged, ExclusiveHold hold) throws IOException {
        try {
            Optional<Path> kept = moveIn(staged, hold);
            replacement.makeDurable(staged);
            return kept;
        } finally {
            release(hold);
        }
    }

    private Optional<Path> moveIn(Path staged, ExclusiveHold hold) throws IOException {
        KeptFile kept = replacement.kept(KeptFile.PREVIOUS);
        try {
            replacement.dress(staged);
            // The proof's own, finished: nobody else has one while it is held.
            replacement.files().delete(target().journal());
            if (previous == Previous.KEPT) {
                kept.link();
            }
            replacement.moveSidecarsAside();
            replacement.rename(staged);
        } catch (IOException | RuntimeException e) {
            replacement.takeBack(kept, e);
            hold.giveBack();
            throw e;
        }
        return previous == Previous.KEPT ? Optional.of(kept.path()) : Optional.empty();
    }

    /** The file it holds was replaced or given back: its connection has nothing more to write. */
    private void release(ExclusiveHold hold) {
        try {
            hold.close();
        } catch (SQLException e) {
            LOG.warn("The connection that held {} could not be closed", target(), e);
        }
    }

    /** What becomes of the file that is replaced. */
    public enum Previous {
        /** It is gone. */
        DROPPED,
        /** It is kept beside the new one. */
        KEPT
    }
}
