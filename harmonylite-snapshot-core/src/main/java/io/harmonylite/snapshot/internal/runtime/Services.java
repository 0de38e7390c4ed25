package io.harmonylite.snapshot.internal.runtime;

import io.harmonylite.snapshot.internal.concurrent.ParallelLoop;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.sqlite.SqliteConnector;
import java.time.InstantSource;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * What every pipeline needs and none owns. Immutable.
 *
 * @param files the seam over file operations
 * @param connector opens SQLite connections
 * @param loop does work on several threads
 * @param stages times stages and tells the listener
 * @param clock the host's time, for people only
 * @param random what makes names unique
 */
public record Services(
        FileOperations files,
        SqliteConnector connector,
        ParallelLoop loop,
        Stages stages,
        InstantSource clock,
        RandomGenerator random) {

    /** The same, for an operation that may run beside others of its kind. */
    public Services forAnother() {
        return new Services(files, connector, loop, stages.ofAnother(), clock, random);
    }

    /** Sixteen hex digits that nobody else has. */
    public String randomName() {
        return String.format(Locale.ROOT, "%016x", random.nextLong());
    }
}
