package io.harmonylite.snapshot.internal.runtime;

import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.internal.file.FileFailures;
import io.harmonylite.snapshot.internal.file.FileOperations;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Checks free space before it is used, so that an operation fails early instead of halfway. Also reports how much was
 * needed if space runs out later, because other processes use the same volume.
 */
public final class FreeSpace {

    private FreeSpace() {}

    /**
     * Checks that there is enough free space.
     *
     * @param what purpose of the space, the subject of the error message
     * @throws InsufficientSpaceException if there is not enough free space
     */
    public static void require(FileOperations files, Path directory, long bytes, String what) throws IOException {
        long free = files.usableSpace(directory);
        if (free < bytes) {
            throw new InsufficientSpaceException(needs(what, bytes, directory) + "; only " + free
                    + " are free; free space, or use another directory");
        }
    }

    /** Checks that there is enough free space, and runs an operation that needs it. */
    public static <T> T use(FileOperations files, Path directory, long bytes, String what, Body<T> body)
            throws IOException {
        require(files, directory, bytes, what);
        return watched(directory, bytes, what, body);
    }

    /** Runs an operation that needs space. If space runs out, the error message includes the amount needed. */
    public static <T> T watched(Path directory, long bytes, String what, Body<T> body) throws IOException {
        try {
            return body.run();
        } catch (InsufficientSpaceException e) {
            throw ranOut(directory, bytes, what, e);
        } catch (IOException e) {
            if (FileFailures.isFull(e)) {
                throw ranOut(directory, bytes, what, e);
            }
            throw e;
        }
    }

    private static InsufficientSpaceException ranOut(Path directory, long bytes, String what, Exception e) {
        return new InsufficientSpaceException(
                needs(what, bytes, directory) + "; space ran out (" + e.getMessage()
                        + "); free space, or use another directory",
                e);
    }

    private static String needs(String what, long bytes, Path directory) {
        return what + " needs " + bytes + " bytes in " + directory;
    }

    /** An operation that needs space. */
    @FunctionalInterface
    public interface Body<T> {

        /** Runs the operation. */
        T run() throws IOException;
    }
}
