package io.harmonylite.snapshot.store;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads an immutable object, and opens it again at the current offset after a failure. Not thread-safe. */
final class ResumingInputStream extends InputStream {

    private final long length;
    private final Opening opening;
    private final Retries retries;
    private @Nullable InputStream current;
    private long done;

    ResumingInputStream(InputStream first, long length, Opening opening, Retries retries) {
        this.current = first;
        this.length = length;
        this.opening = opening;
        this.retries = retries;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int count) throws IOException {
        Objects.checkFromIndexSize(offset, count, buffer.length);
        int read = retries.call(() -> attempt(buffer, offset, count));
        done += Math.max(read, 0);
        return read;
    }

    private int attempt(byte[] buffer, int offset, int count) throws IOException {
        InputStream in = opened();
        try {
            return in.read(buffer, offset, count);
        } catch (IOException e) {
            current = null;
            try (in) {
                throw e;
            }
        }
    }

    private InputStream opened() throws IOException {
        InputStream in = current;
        if (in == null) {
            in = opening.open(done, length - done);
            current = in;
        }
        return in;
    }

    @Override
    public void close() throws IOException {
        InputStream in = current;
        if (in != null) {
            in.close();
        }
    }

    /** Opens the rest of the object. */
    @FunctionalInterface
    interface Opening {
        InputStream open(long done, long left) throws IOException;
    }
}
