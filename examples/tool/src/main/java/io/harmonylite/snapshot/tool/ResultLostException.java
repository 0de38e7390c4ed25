package io.harmonylite.snapshot.tool;

import java.io.IOException;

/** The work is done, but nobody was told: standard output does not take the result. */
final class ResultLostException extends IOException {

    private static final long serialVersionUID = 1L;

    ResultLostException() {
        super("the result could not be written to standard output; the command itself was carried out");
    }
}
