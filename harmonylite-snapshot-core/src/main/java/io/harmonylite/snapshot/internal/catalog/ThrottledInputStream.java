package io.harmonylite.snapshot.internal.catalog;

import io.harmonylite.snapshot.internal.concurrent.Throttle;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Limits the rate of an input stream: reads small pieces and waits after each. Not thread-safe. */
final class ThrottledInputStream extends FilterInputStream {

    private static final int PIECE = 64 << 10;

    private final Throttle throttle;

    ThrottledInputStream(InputStream stream, Throttle throttle) {
        super(stream);
        this.throttle = throttle;
    }

    @Override
    public int read() throws IOException {
        int read = super.read();
        if (read >= 0) {
            throttle.passed(1);
        }
        return read;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int read = super.read(target, offset, Math.min(length, PIECE));
        if (read > 0) {
            throttle.passed(read);
        }
        return read;
    }
}
