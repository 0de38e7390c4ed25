package io.harmonylite.snapshot;

import io.harmonylite.snapshot.internal.file.FileOperations;
import java.sql.Connection;
import java.util.function.UnaryOperator;

/** Lets tests of other packages watch what a manager does. */
public final class Seams {

    private Seams() {}

    /** A manager on file operations and connections of the test's. */
    public static SnapshotManager.Builder watched(
            SnapshotManager.Builder builder, FileOperations files, UnaryOperator<Connection> connections) {
        return builder.files(files).connections(connections);
    }
}
