package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotSink;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotSource;
import io.harmonylite.snapshot.store.ContainerMissingException;
import java.io.Closeable;
import java.io.IOException;

/**
 * A location of HarmonyLite's snapshot.
 *
 * @param source reads the snapshot
 * @param sink writes the snapshot
 * @param connection the connection that was opened for both
 */
record HarmonyLiteLocation(HarmonyLiteSnapshotSource source, HarmonyLiteSnapshotSink sink, Closeable connection)
        implements Closeable {

    /**
     * Checks that the bucket or directory can be reached.
     *
     * @throws ContainerMissingException if it does not exist; the status is then 3
     */
    void requireContainer() throws IOException {
        source.find();
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
