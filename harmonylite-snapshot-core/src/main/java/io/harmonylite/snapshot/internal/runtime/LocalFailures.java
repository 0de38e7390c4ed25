package io.harmonylite.snapshot.internal.runtime;

import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.internal.concurrent.Interruption;
import io.harmonylite.snapshot.internal.file.FileFailures;
import java.io.IOException;

/** Turns failures of local files, scratch and staged ones, into the library's exceptions. */
public final class LocalFailures {

    private LocalFailures() {}

    /** The exception for a failed file operation. */
    public static SnapshotException translate(IOException e) {
        if (FileFailures.isInterrupt(e)) {
            return Interruption.interrupted(e);
        }
        if (FileFailures.isForbidden(e)) {
            return new SnapshotConfigurationException("this process must not write " + e.getMessage(), e);
        }
        if (FileFailures.isFull(e)) {
            return new InsufficientSpaceException("no space is left for local files: " + e.getMessage(), e);
        }
        return new SnapshotException("a local file failed: " + e.getMessage(), e);
    }
}
