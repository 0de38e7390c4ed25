package io.harmonylite.snapshot.crash;

import java.util.Arrays;

/** The bytes of a file, compared by value. Callers must not change them. */
final class Content {

    static final Content EMPTY = new Content(new byte[0]);

    private final byte[] bytes;
    private final int hash;

    Content(byte[] bytes) {
        this.bytes = bytes;
        this.hash = Arrays.hashCode(bytes);
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return bytes.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Content content && hash == content.hash && Arrays.equals(bytes, content.bytes);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
