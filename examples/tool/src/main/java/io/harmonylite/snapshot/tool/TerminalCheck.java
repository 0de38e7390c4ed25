package io.harmonylite.snapshot.tool;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;

/**
 * Finds out whether standard error is a terminal. Java reports only standard input and output together, so this runs a
 * shell.
 */
final class TerminalCheck {

    private TerminalCheck() {}

    /** Returns whether standard error is a terminal; false if that cannot be found out. */
    static boolean isErrorATerminal() {
        ProcessBuilder test = new ProcessBuilder("/bin/sh", "-c", "test -t 2");
        test.redirectInput(Redirect.from(new File("/dev/null")))
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.INHERIT);
        try {
            return test.start().waitFor() == 0;
        } catch (IOException e) {
            return false; // Without a shell there is no progress line; nothing else depends on it.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
