package io.harmonylite.snapshot.internal.file;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Locale;

/**
 * Classifies failed file operations. Java distinguishes a few causes by type, and the others only by the operating
 * system's own message, which it does not translate.
 */
public final class FileFailures {

    private static final List<String> FULL = List.of("no space left", "quota exceeded", "file too large");
    private static final List<String> FORBIDDEN = List.of("read-only file system", "operation not permitted");

    private static final List<String> NO_DIRECTORY = List.of("not a directory");
    private static final List<String> NO_LINKS = List.of("operation not permitted", "not supported");

    private FileFailures() {}

    /** Returns whether the file does not exist. A file in place of a directory counts as this too. */
    public static boolean isMissing(IOException failure) {
        return failure instanceof NoSuchFileException
                || failure instanceof NotDirectoryException
                || contains(failure, NO_DIRECTORY);
    }

    /** Returns whether there was no space for the data. */
    public static boolean isFull(IOException failure) {
        return contains(failure, FULL);
    }

    /** Returns whether the operation was not allowed. */
    public static boolean isForbidden(IOException failure) {
        return failure instanceof AccessDeniedException || contains(failure, FORBIDDEN);
    }

    /** Returns whether the thread was interrupted. */
    public static boolean isInterrupt(IOException failure) {
        return failure instanceof ClosedByInterruptException || failure instanceof InterruptedIOException;
    }

    /** Returns whether the file system cannot create hard links. */
    public static boolean isWithoutLinks(Exception failure) {
        return failure instanceof UnsupportedOperationException
                || (failure instanceof IOException said && contains(said, NO_LINKS));
    }

    private static boolean contains(IOException failure, List<String> texts) {
        String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        return texts.stream().anyMatch(message::contains);
    }
}
