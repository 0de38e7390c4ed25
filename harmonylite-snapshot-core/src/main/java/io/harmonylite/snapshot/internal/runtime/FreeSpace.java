package io.harmonylite.snapshot.internal.runtime;

import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.internal.base.IOSupplier;
import io.harmonylite.snapshot.internal.file.FileFailures;
import io.harmonylite.snapshot.internal.file.FileOperations;
import java.io.IOException;
import java.nio.file.Path;

/** Checks free space before it is used, and reports how much was needed if it runs out nevertheless. */
public final class FreeSpace {

    private FreeSpace() {}

    /** Throws if there is not enough free space; {@code what} is the subject of the message. */
    public static void require(FileOperations files, Path directory, long bytes, String what) throws IOException {
        long free = files.usableSpace(directory);
        if (free < bytes) {
            throw new InsufficientSpaceException(needs(what, bytes, directory) + "; only " + free
                    + " are free; free space, or use another directory");
        }
    }

    /** Refuses to begin where there is too little room; else does what it is for. */
    public static <T> T use(FileOperations files, Path directory, long bytes, String what, IOSupplier<T> body)
            throws IOException {
        require(files, directory, bytes, what);
        return watched(directory, bytes, what, body);
    }

    /** Does what needs room; where that runs out, the message says how much was needed. */
    public static <T> T watched(Path directory, long bytes, String what, IOSupplier<T> body) throws IOException {
        try {
            return body.get();
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
}
