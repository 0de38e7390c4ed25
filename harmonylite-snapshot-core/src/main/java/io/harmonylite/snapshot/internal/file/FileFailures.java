package io.harmonylite.snapshot.internal.file;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Classifies failed file operations. Java has exception types for a few causes only. The others are found by the state
 * of the file system, or by comparing the operating system's text, which depends on the locale, with the text of an
 * operation that always fails with the same error: a write to {@code /dev/full} with ENOSPC, a change of mode in
 * {@code /proc} with EPERM.
 */
public final class FileFailures {

    private FileFailures() {}

    /** Returns whether the file does not exist. A file in place of a directory counts as this too. */
    public static boolean isMissing(IOException failure) {
        return failure instanceof NoSuchFileException
                || failure instanceof NotDirectoryException
                || paths(failure).anyMatch(FileFailures::isBelowFile);
    }

    /** Returns whether there was no space for the data. */
    public static boolean isFull(IOException failure) {
        return failure instanceof NoSpaceException || sameText(failure, FileFailures::writeToFullDevice);
    }

    /** Returns whether the operation was not allowed. */
    public static boolean isForbidden(IOException failure) {
        return failure instanceof AccessDeniedException
                || isNotPermitted(failure)
                || paths(failure).anyMatch(FileFailures::isReadOnly);
    }

    /** Returns whether the thread was interrupted. */
    public static boolean isInterrupt(IOException failure) {
        return failure instanceof ClosedByInterruptException || failure instanceof InterruptedIOException;
    }

    /** Returns whether the file system cannot create hard links. */
    public static boolean isWithoutLinks(Exception failure) {
        return failure instanceof UnsupportedOperationException
                || (failure instanceof IOException said && isNotPermitted(said));
    }

    /**
     * Returns the exception for a failed write: {@link NoSpaceException} if the file accepts a byte in place of one
     * that it has, so that only more bytes are rejected, by a quota, a limit or the volume.
     */
    static IOException ofWrite(FileChannel channel, IOException failure) {
        try {
            ByteBuffer first = ByteBuffer.allocate(1);
            boolean accepted = channel.read(first, 0) == 1 && channel.write(first.flip(), 0) == 1;
            return accepted ? new NoSpaceException(failure) : failure;
        } catch (IOException e) {
            failure.addSuppressed(e);
            return failure;
        }
    }

    private static boolean isNotPermitted(IOException failure) {
        return sameText(failure, FileFailures::changeModeInProc);
    }

    /** Returns the paths of a failure that has no type of its own. */
    private static Stream<Path> paths(IOException failure) {
        return failure.getClass() == FileSystemException.class && failure instanceof FileSystemException untyped
                ? Stream.of(untyped.getFile(), untyped.getOtherFile())
                        .filter(path -> path != null)
                        .map(path -> Path.of(path).toAbsolutePath())
                : Stream.empty();
    }

    private static boolean isBelowFile(Path path) {
        Path existing = existingParent(path);
        return existing != null && !Files.isDirectory(existing);
    }

    private static boolean isReadOnly(Path path) {
        Path existing = existingParent(path);
        try {
            return existing != null && Files.getFileStore(existing).isReadOnly();
        } catch (IOException e) {
            return false; // Unknown: the failure is then reported as it is.
        }
    }

    private static @Nullable Path existingParent(Path path) {
        Path parent = path.getParent();
        while (parent != null && !Files.exists(parent)) {
            parent = parent.getParent();
        }
        return parent;
    }

    private static boolean sameText(IOException failure, FailingOperation operation) {
        if (!(failure.getClass() == IOException.class || failure.getClass() == FileSystemException.class)) {
            return false;
        }
        try {
            operation.run();
            return false;
        } catch (IOException e) {
            String text = text(e);
            return text != null && text.equals(text(failure));
        }
    }

    private static @Nullable String text(IOException failure) {
        return failure instanceof FileSystemException of ? of.getReason() : failure.getMessage();
    }

    private static void writeToFullDevice() throws IOException {
        try (FileChannel full = FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE)) {
            full.write(ByteBuffer.allocate(1));
        }
    }

    private static void changeModeInProc() throws IOException {
        Files.setPosixFilePermissions(Path.of("/proc/self/status"), Set.of());
    }

    @FunctionalInterface
    private interface FailingOperation {
        void run() throws IOException;
    }
}
