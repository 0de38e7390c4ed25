package io.harmonylite.snapshot.store;

import io.harmonylite.snapshot.internal.file.FileFailures;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Turns what the file system says into what {@link SnapshotStore} says. */
final class FileSystemFailures {

    private FileSystemFailures() {}

    /**
     * The exception for a failed operation.
     *
     * @param what the object or prefix it was about
     */
    static IOException translate(Path root, String what, IOException failure) {
        if (FileFailures.isMissing(failure)) {
            return missing(root, what, failure);
        }
        if (failure instanceof FileAlreadyExistsException) {
            return new ObjectExistsException(what + " exists already in " + root, failure);
        }
        if (FileFailures.isFull(failure)) {
            return new StoreFullException("no space is left in " + root + " for " + what + ": " + failure, failure);
        }
        if (FileFailures.isForbidden(failure)) {
            return new StoreAccessException(
                    "this process may not do that in " + root + " with " + what + ": " + failure, failure);
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
        return new NoSuchObjectException("there is no " + what + " in " + root, failure);
    }

    private static IOException interrupted(String what, IOException failure) {
        InterruptedIOException interrupted = new InterruptedIOException("interrupted at " + what);
        interrupted.initCause(failure);
        return interrupted;
    }
}
