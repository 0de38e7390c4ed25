package io.harmonylite.snapshot.internal.concurrent;

import java.io.IOException;

/** Work that returns no value and may throw an {@link IOException}. */
@FunctionalInterface
public interface IORunnable {

    /** Does the work. */
    void run() throws IOException;
}
