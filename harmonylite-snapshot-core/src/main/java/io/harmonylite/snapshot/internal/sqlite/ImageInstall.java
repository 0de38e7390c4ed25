package io.harmonylite.snapshot.internal.sqlite;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Puts a staged image in the place of a database: before a call returns, or throws, either all of it or nothing. */
@FunctionalInterface
public interface ImageInstall {

    /**
     * Installs a staged file that is closed, complete and durable; the new database is durable on return.
     *
     * @return the file that was replaced, where it was kept
     */
    Optional<Path> install(Path staged) throws IOException;
}
