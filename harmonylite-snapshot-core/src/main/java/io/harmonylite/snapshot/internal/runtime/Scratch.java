package io.harmonylite.snapshot.internal.runtime;

import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.file.ScratchDirectory;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scratch directory of one operation: a private directory on the database's volume, or in the directory that the host
 * chose.
 */
public final class Scratch {

    private static final Logger LOG = LoggerFactory.getLogger(Scratch.class);
    private static final String SUFFIX = ".harmonylite-scratch-";

    private Scratch() {}

    /**
     * Runs an operation in a new scratch directory, and removes the directory afterwards. First removes scratch
     * directories of killed processes.
     *
     * @param chosen parent of scratch directories; null for the directory of the database
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

    /** Removes scratch directories that killed processes left in the directory of a database. */
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
            // The result of the operation is valid; a later process removes the directory.
            LOG.warn("Scratch directory {} could not be removed", scratch.path(), e);
        }
    }

    /** An operation in a scratch directory. */
    @FunctionalInterface
    public interface Body<T> {

        /** Runs the operation. */
        T run(ScratchDirectory scratch) throws IOException;
    }
}
