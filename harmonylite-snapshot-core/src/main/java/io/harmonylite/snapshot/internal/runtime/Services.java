package io.harmonylite.snapshot.internal.runtime;

import io.harmonylite.snapshot.internal.concurrent.ParallelLoop;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.sqlite.SqliteConnector;
import java.time.InstantSource;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * Services that all pipelines share. Immutable.
 *
 * @param files seam over file operations
 * @param connector opens SQLite connections
 * @param loop runs work on several threads
 * @param stages times stages and reports them to the listener
 * @param clock the host's time, used only in reports
 * @param random makes names unique
 */
public record Services(
        FileOperations files,
        SqliteConnector connector,
        ParallelLoop loop,
        Stages stages,
        InstantSource clock,
        RandomGenerator random) {

    /**
     * Returns services with their own progress, for an operation that may run concurrently with another of its kind.
     */
    public Services forAnother() {
        return new Services(files, connector, loop, stages.ofAnother(), clock, random);
    }

    /** Returns a unique name of 16 hexadecimal digits. */
    public String randomName() {
        return String.format(Locale.ROOT, "%016x", random.nextLong());
    }
}
