package io.harmonylite.snapshot.internal.install;

import io.harmonylite.snapshot.internal.concurrent.Interruption;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.SqliteConnector;
import io.harmonylite.snapshot.internal.sqlite.SqliteFailures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Installs a staged file by one rename, while an exclusive hold proves that the old database is not in use. The old
 * database is complete and in its place until the rename. Used once.
 */
public final class SwapInstall implements ImageInstall {

    private static final Logger LOG = LoggerFactory.getLogger(SwapInstall.class);

    private final Replacement replacement;
    private final SqliteConnector connector;
    private final Previous previous;

    public SwapInstall(Replacement replacement, SqliteConnector connector, Previous previous) {
        this.replacement = replacement;
        this.connector = connector;
        this.previous = previous;
    }

    /** Installs a staged file that is closed, complete and durable; fails if the target is in use or damaged. */
    @Override
    public Optional<Path> install(Path staged) throws IOException {
        if (Files.exists(target().file())) {
            return replace(staged, acquireHold(staged));
        }
        replacement.note(staged, "");
        replacement.copyRightsTo(staged);
        replacement.moveSidecarsAside();
        replacement.rename(staged);
        replacement.makeDurable(staged);
        return Optional.empty();
    }

    private DatabasePath target() {
        return replacement.target();
    }

    private ExclusiveHold acquireHold(Path staged) throws IOException {
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
            Optional<Path> kept = swap(staged, hold);
            replacement.makeDurable(staged);
            return kept;
        } finally {
            release(hold);
        }
    }

    private Optional<Path> swap(Path staged, ExclusiveHold hold) throws IOException {
        KeptFile kept = replacement.kept(KeptFile.PREVIOUS);
        try {
            replacement.copyRightsTo(staged);
            // The hold's own journal, which is complete: no other connection has one during the hold.
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

    /** Closes the hold. Its file was replaced or given back, so that its connection has nothing left to write. */
    private void release(ExclusiveHold hold) {
        try {
            hold.close();
        } catch (SQLException e) {
            LOG.warn("Could not close the connection that held {}", target(), e);
        }
    }

    /** What happens to the replaced file. */
    public enum Previous {
        /** The file is deleted. */
        DROPPED,
        /** The file is kept next to the new one. */
        KEPT
    }
}
