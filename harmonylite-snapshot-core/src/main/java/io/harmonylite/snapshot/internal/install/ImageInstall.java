package io.harmonylite.snapshot.internal.install;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Installs a staged image in place of a database. Each call installs the whole image or nothing, also if it throws. */
@FunctionalInterface
public interface ImageInstall {

    /**
     * Installs a staged file that is closed, complete and durable. The new database is durable on return. Returns the
     * replaced file, if it was kept.
     */
    Optional<Path> install(Path staged) throws IOException;
}
