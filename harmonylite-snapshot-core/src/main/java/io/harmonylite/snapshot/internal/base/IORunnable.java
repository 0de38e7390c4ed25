package io.harmonylite.snapshot.internal.base;

import java.io.IOException;

/** Work that returns no value and may throw an {@link IOException}. */
@FunctionalInterface
public interface IORunnable {

    /** Does the work. */
    void run() throws IOException;
}
