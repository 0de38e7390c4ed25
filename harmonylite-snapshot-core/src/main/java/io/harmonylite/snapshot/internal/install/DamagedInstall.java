package io.harmonylite.snapshot.internal.install;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Installs a staged file in place of a database that SQLite cannot read, and so cannot prove unused: the caller ensures
 * that. Keeps the old file unchanged, with its sidecars. Used once.
 */
public final class DamagedInstall implements ImageInstall {

    private static final Logger LOG = LoggerFactory.getLogger(DamagedInstall.class);

    private final Replacement replacement;

    public DamagedInstall(Replacement replacement) {
        this.replacement = replacement;
    }

    @Override
    public Optional<Path> install(Path staged) throws IOException {
        KeptFile kept = replacement.kept(KeptFile.DAMAGED);
        replacement.note(staged, "");
        try {
            replacement.copyRightsTo(staged);
            kept.link();
            kept.moveSidecars();
            replacement.rename(staged);
        } catch (IOException | RuntimeException e) {
            replacement.takeBack(kept, e);
            throw e;
        }
        replacement.makeDurable(staged);
        LOG.warn("Replaced the damaged database {}; the old file is kept as {}", replacement.target(), kept.path());
        return Optional.of(kept.path());
    }
}
