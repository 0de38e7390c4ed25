package io.harmonylite.snapshot.harmonylite;

import io.harmonylite.snapshot.store.ContainerMissingException;
import io.harmonylite.snapshot.store.NoSuchObjectException;
import io.harmonylite.snapshot.store.StoreAccessException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Reads one HarmonyLite snapshot from its location: the object {@code snapshot.db} of its NATS bucket, the key
 * <em>path</em>{@code /snapshot.db} in S3, or a plain file. Never writes.
 *
 * <p>Implementations are thread-safe, keep the thread's interrupt flag, and do not close what their host passed to
 * them. {@code toString} names the location, without secrets.
 *
 * <p>Failures are the checked exceptions of {@link io.harmonylite.snapshot.store}. A {@link StoreAccessException} means
 * that access is not allowed, a {@link ContainerMissingException} that the bucket or directory is missing. A plain
 * {@link IOException} means that the location cannot be reached, or that the transfer was cut off.
 */
public interface HarmonyLiteSnapshotSource {

    /**
     * Returns a description of the present snapshot without reading it; empty if there is none.
     *
     * @throws ContainerMissingException if the bucket or directory is missing
     * @throws IOException if the location cannot be reached
     */
    Optional<HarmonyLiteSnapshot> find() throws IOException;

    /**
     * Opens the present snapshot. HarmonyLite may replace it under the same name at any time. Description and content
     * belong to the same object; if that object is removed while it is read, reading fails. The content has exactly
     * {@link HarmonyLiteSnapshot#sizeBytes} bytes, or reading throws; a short read is never a normal end.
     *
     * @throws NoSuchObjectException if there is no snapshot
     * @throws ContainerMissingException if the bucket or directory is missing
     * @throws IOException if the location cannot be reached
     */
    Opened open() throws IOException;

    /**
     * An open snapshot. The caller closes the content, on the thread that reads it.
     *
     * @param snapshot the location's description of the snapshot
     * @param content its bytes
     */
    record Opened(HarmonyLiteSnapshot snapshot, InputStream content) implements AutoCloseable {

        @Override
        public void close() throws IOException {
            content.close();
        }
    }
}
