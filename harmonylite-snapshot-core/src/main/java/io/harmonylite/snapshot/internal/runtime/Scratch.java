package io.harmonylite.snapshot.internal.runtime;

import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.file.ScratchDirectory;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Room for one run: a private directory on the database's own volume, or where the host says. */
public final class Scratch {

    private static final Logger LOG = LoggerFactory.getLogger(Scratch.class);
    private static final String SUFFIX = ".harmonylite-scratch-";

    private Scratch() {}

    /**
     * Runs something in a new scratch directory, which is removed then, and removes those of killed processes first.
     *
     * @param chosen where scratch directories are made; null for the directory of the database
     */
    public static <T> T use(FileOperations files, DatabasePath database, @Nullable Path chosen, Body<T> body)
            throws IOException {
        Path parent = chosen == null ? database.directory() : chosen;
        String prefix = prefix(database);
        ScratchDirectory.sweep(files, parent, prefix);
        ScratchDirectory scratch = ScratchDirectory.create(files, parent, prefix);
        try {
            return body.run(scratch);
        } finally {
            close(scratch);
        }
    }

    /** Removes what killed processes have left beside a database. */
    public static void sweep(FileOperations files, DatabasePath database) throws IOException {
        ScratchDirectory.sweep(files, database.directory(), prefix(database));
    }

    private static String prefix(DatabasePath database) {
        return database.file().getFileName() + SUFFIX;
    }

    private static void close(ScratchDirectory scratch) {
        try {
            scratch.close();
        } catch (IOException e) {
            // What the run did stands; the next run sweeps what is left, once this process is gone.
            LOG.warn("Scratch directory {} could not be removed", scratch.path(), e);
        }
    }

    /** What is done in a scratch directory. */
    @FunctionalInterface
    public interface Body<T> {

        /** Does it. */
        T run(ScratchDirectory scratch) throws IOException;
    }
}
