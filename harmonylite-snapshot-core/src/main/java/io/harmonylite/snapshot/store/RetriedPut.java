package io.harmonylite.snapshot.store;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** One put with several attempts. Tracks whether the outcome is known. Not thread-safe. */
final class RetriedPut {

    private static final int CHUNK = 64 << 10;

    private final SnapshotStore store;
    private final String name;
    private final ObjectSource source;
    private int attempts;
    private boolean unknown;

    RetriedPut(SnapshotStore store, String name, ObjectSource source) {
        this.store = store;
        this.name = name;
        this.source = source;
    }

    void attempt() throws IOException {
        attempts++;
        try {
            store.putIfAbsent(name, source);
        } catch (IndeterminateWriteException e) {
            unknown = true;
            throw e;
        } catch (ObjectExistsException e) {
            if (attempts == 1 || !isOurs()) {
                unknown = false; // The name belongs to another object, so no earlier attempt has stored ours.
                throw e;
            }
        }
    }

    /** Returns the exception for the caller if the last attempt failed. */
    IOException outcome(IOException last) {
        if (!unknown || last instanceof IndeterminateWriteException) {
            return last;
        }
        return new IndeterminateWriteException(
                name + " may have been stored by an earlier attempt; the last attempt failed: " + last.getMessage(),
                last);
    }

    private boolean isOurs() throws IOException {
        if (store.stat(name).size() != source.length()) {
            return false;
        }
        try (InputStream stored = store.open(name);
                InputStream own = source.open()) {
            byte[] one = new byte[CHUNK];
            byte[] other = new byte[CHUNK];
            int length;
            do {
                length = stored.readNBytes(one, 0, CHUNK);
                if (own.readNBytes(other, 0, CHUNK) != length || !Arrays.equals(one, 0, length, other, 0, length)) {
                    return false;
                }
            } while (length > 0);
            return true;
        }
    }
}
