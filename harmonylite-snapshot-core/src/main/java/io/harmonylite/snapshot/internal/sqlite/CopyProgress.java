package io.harmonylite.snapshot.internal.sqlite;

/** Receives the progress of a copy after each step, on the copying thread. Must not throw. */
@FunctionalInterface
public interface CopyProgress {

    /** Receives the bytes copied so far, and the bytes of the whole copy. */
    void copied(long bytes, long all);
}
