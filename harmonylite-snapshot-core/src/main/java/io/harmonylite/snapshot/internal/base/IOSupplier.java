package io.harmonylite.snapshot.internal.base;

import java.io.IOException;

/** Work that returns a value and may throw an {@link IOException}. */
@FunctionalInterface
public interface IOSupplier<T> {

    /** Does the work and returns its result. */
    T get() throws IOException;
}
