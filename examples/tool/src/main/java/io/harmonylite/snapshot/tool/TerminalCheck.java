package io.harmonylite.snapshot.tool;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;

/** Whether somebody watches standard error. Java only knows of standard input and output together, so a shell is asked. */
final class TerminalCheck {

    private TerminalCheck() {}

    /** Whether standard error is a terminal; no where that cannot be found out. */
    static boolean isErrorATerminal() {
        ProcessBuilder test = new ProcessBuilder("/bin/sh", "-c", "test -t 2");
        test.redirectInput(Redirect.from(new File("/dev/null")))
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.INHERIT);
        try {
            return test.start().waitFor() == 0;
        } catch (IOException e) {
            return false; // No shell, no progress line; nothing else depends on it.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
