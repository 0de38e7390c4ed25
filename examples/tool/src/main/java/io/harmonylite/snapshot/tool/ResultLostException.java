package io.harmonylite.snapshot.tool;

import java.io.IOException;

/** The command succeeded, but standard output did not accept its result. */
final class ResultLostException extends IOException {

    private static final long serialVersionUID = 1L;

    ResultLostException() {
        super("the command succeeded, but its result could not be written to standard output");
    }
}
