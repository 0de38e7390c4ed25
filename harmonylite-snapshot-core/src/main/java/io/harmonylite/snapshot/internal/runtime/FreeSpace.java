package io.harmonylite.snapshot.internal.runtime;

import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.internal.file.FileFailures;
import io.harmonylite.snapshot.internal.file.FileOperations;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Asks for room before it is used, so that a run fails early and whole instead of late and half; and says how much was
 * needed also where it runs out later, because others use the same volume.
 */
public final class FreeSpace {

    private FreeSpace() {}

    /**
     * Refuses to begin where there is too little room.
     *
     * @param what what the room is for, as the message says it
     */
    public static void require(FileOperations files, Path directory, long bytes, String what) throws IOException {
        long free = files.usableSpace(directory);
        if (free < bytes) {
            throw new InsufficientSpaceException(
                    needs(what, bytes, directory) + "; " + free + " are free. Free space, or name another directory");
        }
    }

    /** Refuses to begin where there is too little room; else does what it is for. */
    public static <T> T use(FileOperations files, Path directory, long bytes, String what, Body<T> body)
            throws IOException {
        require(files, directory, bytes, what);
        return watched(directory, bytes, what, body);
    }

    /** Does what needs room; where that runs out, the message says how much was needed. */
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
                needs(what, bytes, directory) + "; space ran out before it was done (" + e.getMessage()
                        + "). Free space, or name another directory",
                e);
    }

    private static String needs(String what, long bytes, Path directory) {
        return what + " needs " + bytes + " bytes in " + directory;
    }

    /** What needs room. */
    @FunctionalInterface
    public interface Body<T> {

        /** Does it. */
        T run() throws IOException;
    }
}
