package io.harmonylite.snapshot.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * The bytes of an object to be stored: of known length, and replayable, so that a store can start a failed transfer
 * again. Every stream that {@link #open} returns yields the same {@link #length} bytes.
 */
public interface ObjectSource {

    /** Length in bytes. */
    long length();

    /** Opens the bytes from the beginning; the caller closes the stream. May be called any number of times. */
    InputStream open() throws IOException;

    /** A source over an array, which must not change while the source is in use. */
    static ObjectSource of(byte[] bytes) {
        return of(bytes, 0, bytes.length);
    }

    /** A source over part of an array, which must not change while the source is in use. */
    static ObjectSource of(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        return new ObjectSource() {
            @Override
            public long length() {
                return length;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(bytes, offset, length);
            }
        };
    }
}
