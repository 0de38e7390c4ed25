package io.harmonylite.snapshot.harmonylite;

import io.harmonylite.snapshot.internal.file.FileFailures;
import io.harmonylite.snapshot.store.ContainerMissingException;
import io.harmonylite.snapshot.store.NoSuchObjectException;
import io.harmonylite.snapshot.store.StoreAccessException;
import io.harmonylite.snapshot.store.StoreFullException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Translates failures of the file system to the exceptions of sources and sinks. */
final class FileSnapshotFailures {

    private FileSnapshotFailures() {}

    static void requireDirectory(Path file) throws IOException {
        Path directory = file.getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw new ContainerMissingException(
                    "the directory of " + file + " does not exist; create it, or correct the path");
        }
        if (Files.isDirectory(file)) {
            throw new StoreAccessException(file + " is a directory; name the file");
        }
    }

    static IOException translate(Path file, IOException failure) {
        if (FileFailures.isMissing(failure)) {
            return new NoSuchObjectException("there is no snapshot at " + file, failure);
        }
        if (FileFailures.isFull(failure)) {
            return new StoreFullException("not enough space for " + file + ": " + failure, failure);
        }
        if (FileFailures.isForbidden(failure)) {
            return new StoreAccessException("this process has no permission for " + file + ": " + failure, failure);
        }
        return failure;
    }
}
