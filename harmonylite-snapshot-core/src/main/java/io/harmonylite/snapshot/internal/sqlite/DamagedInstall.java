package io.harmonylite.snapshot.internal.sqlite;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a staged file in the place of a database that SQLite cannot read. Nothing can be proven: that nobody uses it is
 * the caller's word. SQLite never opens it, so that it stays as it is, and is kept with its sidecars. Used once.
 */
public final class DamagedInstall implements ImageInstall {

    private static final Logger LOG = LoggerFactory.getLogger(DamagedInstall.class);

    private final Replacement replacement;

    /** Prepares an install. */
    public DamagedInstall(Replacement replacement) {
        this.replacement = replacement;
    }

    @Override
    public Optional<Path> install(Path staged) throws IOException {
        KeptFile kept = replacement.kept(KeptFile.DAMAGED);
        replacement.note(staged, "");
        try {
            replacement.dress(staged);
            kept.link();
            kept.moveSidecars();
            replacement.rename(staged);
        } catch (IOException | RuntimeException e) {
            replacement.takeBack(kept, e);
            throw e;
        }
        replacement.makeDurable(staged);
        LOG.warn("Replaced {}, which is damaged; it is kept as {}", replacement.target(), kept.path());
        return Optional.of(kept.path());
    }
}
