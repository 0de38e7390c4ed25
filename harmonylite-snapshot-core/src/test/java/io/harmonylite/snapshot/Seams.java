package io.harmonylite.snapshot;

import io.harmonylite.snapshot.internal.file.FileOperations;
import java.sql.Connection;
import java.util.function.UnaryOperator;

/** Gives tests of other packages access to the seams of a manager. */
public final class Seams {

    private Seams() {}

    /** Makes a manager use the given file operations and wrap its connections. */
    public static SnapshotManager.Builder watched(
            SnapshotManager.Builder builder, FileOperations files, UnaryOperator<Connection> connections) {
        return builder.files(files).connections(connections);
    }
}
