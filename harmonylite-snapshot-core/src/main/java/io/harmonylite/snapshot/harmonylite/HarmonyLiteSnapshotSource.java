package io.harmonylite.snapshot.harmonylite;

import io.harmonylite.snapshot.store.ContainerMissingException;
import io.harmonylite.snapshot.store.NoSuchObjectException;
import io.harmonylite.snapshot.store.StoreAccessException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Where one snapshot of HarmonyLite's is read: the object {@code snapshot.db} of its NATS bucket, the key <em>path</em>
 * {@code /snapshot.db} in S3, a plain file. Reads only.
 *
 * <p>Implementations are thread-safe, keep an interrupt, and close nothing that their host gave them. {@code toString}
 * names the place, without secrets. Failures are the checked exceptions of {@link io.harmonylite.snapshot.store}: {@link
 * StoreAccessException} where it is not allowed, {@link ContainerMissingException} where the bucket or directory is not
 * there, a plain {@link IOException} where the place cannot be reached, or the transfer was cut off.
 */
public interface HarmonyLiteSnapshotSource {

    /**
     * What lies there now, without reading it; empty where there is none.
     *
     * @throws ContainerMissingException where the bucket or directory is missing
     * @throws IOException where the place cannot be reached
     */
    Optional<HarmonyLiteSnapshot> find() throws IOException;

    /**
     * Opens what lies there now. HarmonyLite replaces its snapshot under the same name at any time: what is said of the
     * object and its content belong to one object, and where that goes away while it is read, reading fails. The content
     * yields exactly {@link HarmonyLiteSnapshot#sizeBytes} bytes, or throws; a short read is never a normal end.
     *
     * @throws NoSuchObjectException where there is none
     * @throws ContainerMissingException where the bucket or directory is missing
     * @throws IOException where the place cannot be reached
     */
    Opened open() throws IOException;

    /**
     * A snapshot that is being read. The caller closes the content, on the thread that reads it.
     *
     * @param snapshot what the place says of it
     * @param content its bytes
     */
    record Opened(HarmonyLiteSnapshot snapshot, InputStream content) implements AutoCloseable {

        @Override
        public void close() throws IOException {
            content.close();
        }
    }
}
