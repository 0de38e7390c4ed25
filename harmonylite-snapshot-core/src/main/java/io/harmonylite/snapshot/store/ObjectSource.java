package io.harmonylite.snapshot.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * The bytes of an object to store. The length is known in advance. The bytes can be read again, so that a store can
 * repeat a failed transfer: every stream that {@link #open} returns has the same {@link #length} bytes.
 */
public interface ObjectSource {

    /** Returns the length in bytes. */
    long length();

    /** Opens the bytes from the beginning. The caller closes the stream. May be called any number of times. */
    InputStream open() throws IOException;

    /** Returns a source over an array, which must not change while the source is in use. */
    static ObjectSource of(byte[] bytes) {
        return of(bytes, 0, bytes.length);
    }

    /** Returns a source over part of an array, which must not change while the source is in use. */
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
