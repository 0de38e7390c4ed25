package io.harmonylite.snapshot.internal.sqlite;

/** Told after each step of a copy, on the copying thread; must not throw. */
@FunctionalInterface
public interface CopyProgress {

    /** Says how many bytes of how many are copied. */
    void copied(long bytes, long all);
}
