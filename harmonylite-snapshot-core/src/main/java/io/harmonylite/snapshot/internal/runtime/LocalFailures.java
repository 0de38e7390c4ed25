package io.harmonylite.snapshot.internal.runtime;

import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.internal.concurrent.Interruption;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.util.Locale;

/** Turns failures of local files, scratch and staged ones, into the library's exceptions. */
public final class LocalFailures {

    private LocalFailures() {}

    /** The exception for a failed file operation. */
    public static SnapshotException translate(IOException e) {
        String message = String.valueOf(e.getMessage());
        if (e instanceof ClosedByInterruptException || e instanceof InterruptedIOException) {
            return Interruption.interrupted(e);
        }
        if (e instanceof AccessDeniedException || lower(message).contains("read-only file system")) {
            return new SnapshotConfigurationException("this process must not write " + message, e);
        }
        if (lower(message).contains("no space left") || lower(message).contains("quota exceeded")) {
            return new InsufficientSpaceException("no space is left for local files: " + message, e);
        }
        return new SnapshotException("a local file failed: " + message, e);
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
