package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotSink;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotSource;
import java.io.Closeable;
import java.io.IOException;

/**
 * A place that holds a snapshot of HarmonyLite's.
 *
 * @param source reads it
 * @param sink writes it
 * @param connection what was opened for it
 */
record Place(HarmonyLiteSnapshotSource source, HarmonyLiteSnapshotSink sink, Closeable connection)
        implements Closeable {

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
