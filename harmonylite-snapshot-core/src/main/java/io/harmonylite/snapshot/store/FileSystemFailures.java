package io.harmonylite.snapshot.store;

import io.harmonylite.snapshot.internal.file.FileFailures;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Translates failures of the file system to the exceptions of {@link SnapshotStore}. */
final class FileSystemFailures {

    private FileSystemFailures() {}

    /** Returns the exception for a failed operation on an object or prefix. */
    static IOException translate(Path root, String what, IOException failure) {
        if (FileFailures.isMissing(failure)) {
            return missing(root, what, failure);
        }
        if (failure instanceof FileAlreadyExistsException) {
            return new ObjectExistsException(what + " already exists in " + root, failure);
        }
        if (FileFailures.isFull(failure)) {
            return new StoreFullException("not enough space in " + root + " for " + what + ": " + failure, failure);
        }
        if (FileFailures.isForbidden(failure)) {
            return new StoreAccessException(
                    "this process has no permission in " + root + " for " + what + ": " + failure, failure);
        }
        if (FileFailures.isInterrupt(failure)) {
            return interrupted(what, failure);
        }
        return failure;
    }

    private static IOException missing(Path root, String what, IOException failure) {
        if (!Files.isDirectory(root)) {
            return new ContainerMissingException("the directory " + root + " does not exist", failure);
        }
        return new NoSuchObjectException(what + " does not exist in " + root, failure);
    }

    private static IOException interrupted(String what, IOException failure) {
        InterruptedIOException interrupted = new InterruptedIOException("interrupted while accessing " + what);
        interrupted.initCause(failure);
        return interrupted;
    }
}
