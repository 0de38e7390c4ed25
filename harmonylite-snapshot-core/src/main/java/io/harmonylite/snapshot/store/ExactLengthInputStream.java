package io.harmonylite.snapshot.store;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * Reads exactly the promised number of bytes, or fails. If the source ends early, reading throws an {@link
 * EOFException}; bytes beyond the promised length are not read. For implementations of {@link SnapshotStore}, which
 * must never return a short read as a normal end (S5). Not thread-safe.
 */
public final class ExactLengthInputStream extends FilterInputStream {

    private final String what;
    private long remaining;

    /**
     * Wraps a stream, which is closed with this one.
     *
     * @param in the source
     * @param what name of the object, for messages
     * @param length number of bytes that the source must have
     */
    public ExactLengthInputStream(InputStream in, String what, long length) {
        super(Objects.requireNonNull(in, "in"));
        this.what = what;
        this.remaining = length;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        if (length == 0) {
            return 0;
        }
        if (remaining == 0) {
            return -1;
        }
        int count = in.read(buffer, offset, (int) Math.min(length, remaining));
        if (count < 0) {
            throw new EOFException(what + " ended " + remaining + " bytes too early");
        }
        remaining -= count;
        return count;
    }

    @Override
    public long skip(long count) throws IOException {
        byte[] discarded = new byte[(int) Math.min(8192, Math.max(count, 0))];
        return Math.max(read(discarded), 0);
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
