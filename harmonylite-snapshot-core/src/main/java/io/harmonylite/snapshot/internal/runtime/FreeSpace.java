package io.harmonylite.snapshot.internal.runtime;

import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.internal.file.FileOperations;
import java.io.IOException;
import java.nio.file.Path;

/** Asks for room before it is used, so that a run fails early and whole instead of late and half. */
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
            throw new InsufficientSpaceException(what + " needs " + bytes + " bytes in " + directory + "; " + free
                    + " are free. Free space, or name another directory");
        }
    }
}
