package io.harmonylite.snapshot.internal.runtime;

import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.internal.concurrent.Interruption;
import io.harmonylite.snapshot.internal.file.FileFailures;
import java.io.IOException;

/** Translates failures of local files, scratch and staged ones, into exceptions of the library. */
public final class LocalFailures {

    private static final String TEMPORARY = ", or choose another directory for temporary files by -Djava.io.tmpdir=DIR";

    private LocalFailures() {}

    /** Returns the exception for a failed file operation. */
    public static SnapshotException translate(IOException e) {
        if (FileFailures.isInterrupt(e)) {
            return Interruption.interrupted(e);
        }
        if (FileFailures.isForbidden(e)) {
            return new SnapshotConfigurationException(
                    "permission denied for a local file: " + e.getMessage() + "; check the process's permissions"
                            + TEMPORARY,
                    e);
        }
        if (FileFailures.isMissing(e)) {
            return new SnapshotConfigurationException(
                    "the directory of a local file does not exist: " + e.getMessage() + "; create it" + TEMPORARY, e);
        }
        if (FileFailures.isFull(e)) {
            return new InsufficientSpaceException(
                    "no space is left for local files: " + e.getMessage() + "; free space, or use another directory",
                    e);
        }
        return new SnapshotException("an operation on a local file failed: " + e.getMessage(), e);
    }
}
