package io.harmonylite.snapshot;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KeysetHandle;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.file.SystemFileOperations;
import io.harmonylite.snapshot.internal.format.KeyRing;
import io.harmonylite.snapshot.internal.format.TinkKeyRing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;

/**
 * Keys that seal snapshots, so that only the owner of the keys can read and write them. Each take seals its
 * snapshot with a random key of its own, which the first of these keys wraps. All of them open snapshots. To rotate,
 * add a new key, make it the first, and remove the old key when no snapshot needs it.
 *
 * <p>With keys, a snapshot that was made without keys is rejected before anything is fetched.
 *
 * <p>Needs {@code com.google.crypto.tink:tink} on the class path. Immutable and thread-safe. Never shows a key.
 *
 * @see <a href="https://developers.google.com/tink">Tink</a>
 */
@SuppressWarnings("exports") // A caller that has a keyset already depends on Tink.
public final class SnapshotKeys {

    private static final String NEEDED = "keys need the library com.google.crypto.tink:tink; add it to the class path";

    private static final int MAX_BYTES = 1 << 20;

    final KeyRing ring;

    private SnapshotKeys(KeyRing ring) {
        this.ring = ring;
    }

    /**
     * Creates keys from the enabled keys of a keyset. Its primary key is the first. A keyset may hold keys of a key
     * management service, which is then asked once for each take, and once for each snapshot that is read.
     *
     * @throws IllegalArgumentException if they are no keys for authenticated encryption
     */
    public static SnapshotKeys of(KeysetHandle keyset) {
        return new SnapshotKeys(TinkKeyRing.of(keyset));
    }

    /**
     * Creates keys from one key, for instance of a key management service.
     *
     * @param id names the key in manifests, where everybody can read it, and in messages
     */
    public static SnapshotKeys of(String id, Aead key) {
        return new SnapshotKeys(TinkKeyRing.of(id, key));
    }

    /**
     * Reads a key file: a keyset as JSON of Tink, as {@link #create} and {@code tinkey} write it.
     *
     * @throws IOException if the file cannot be read
     * @throws SnapshotConfigurationException if it is no key file, or Tink is missing
     */
    public static SnapshotKeys read(Path file) throws IOException {
        String json;
        try (InputStream in = Channels.newInputStream(new SystemFileOperations().openForRead(file))) {
            json = new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
        }
        try {
            return new SnapshotKeys(TinkKeyRing.parse(json));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            // The cause may quote the file.
            throw new SnapshotConfigurationException(file + " is no key file; create one with 'keys create'");
        } catch (NoClassDefFoundError e) {
            throw new SnapshotConfigurationException(NEEDED, e);
        }
    }

    /**
     * Creates a key file with one random key, which only its owner can read; durable on return. If the
     * file is lost, the snapshots that it sealed are lost too.
     *
     * @return the key in it
     * @throws FileAlreadyExistsException if the file exists; it is not changed
     * @throws IOException if it cannot be written
     * @throws SnapshotConfigurationException if Tink is missing
     */
    public static SnapshotKeys create(Path file) throws IOException {
        String json;
        try {
            json = TinkKeyRing.create();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES-GCM", e);
        } catch (NoClassDefFoundError e) {
            throw new SnapshotConfigurationException(NEEDED, e);
        }
        FileOperations files = new SystemFileOperations();
        try (FileChannel channel = files.createPrivate(file)) {
            files.write(channel, ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8)), 0);
            files.sync(channel);
        }
        files.syncParent(file);
        return read(file);
    }

    /** Returns the id of the first key, which is not secret. */
    public String first() {
        return ring.first();
    }

    @Override
    public String toString() {
        return ring.toString();
    }
}
