package io.harmonylite.snapshot.store;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * Yields exactly as many bytes as were promised, or fails: a source that ends early is an {@link EOFException}, and what
 * it may have beyond is not read. For stores, which owe their readers no less (S5). Not thread-safe.
 */
public final class ExactLengthInputStream extends FilterInputStream {

    private final String what;
    private long remaining;

    /**
     * Wraps a stream, which is closed with this one.
     *
     * @param what names the object in messages
     * @param length bytes that it must yield
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
            throw new EOFException(what + " ends " + remaining + " bytes too early");
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
