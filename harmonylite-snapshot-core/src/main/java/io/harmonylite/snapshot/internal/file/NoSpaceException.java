package io.harmonylite.snapshot.internal.file;

import java.io.IOException;

/** Thrown if a file accepts no more bytes. The message is the operating system's. */
final class NoSpaceException extends IOException {

    private static final long serialVersionUID = 1L;

    NoSpaceException(IOException cause) {
        super(cause.getMessage(), cause);
    }
}
