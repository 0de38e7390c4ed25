package io.harmonylite.snapshot.internal.runtime;

import io.harmonylite.snapshot.internal.concurrent.ParallelLoop;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.file.ScratchSpace;
import io.harmonylite.snapshot.internal.sqlite.SqliteConnector;
import java.time.InstantSource;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * Services that all pipelines share. The clock is the host's, for ages in health and of change log rows and for
 * instants in manifests; other ages are measured by the store's clock. Immutable.
 */
public record Services(
        FileOperations files,
        ScratchSpace scratch,
        SqliteConnector connector,
        ParallelLoop loop,
        ParallelLoop takeLoop,
        Stages stages,
        InstantSource clock,
        RandomGenerator random) {

    /** Returns the same services with progress of their own, for an operation that may run beside others. */
    public Services withOwnProgress() {
        return new Services(files, scratch, connector, loop, takeLoop, stages.withOwnProgress(), clock, random);
    }

    /** Returns 16 random hex digits. */
    public String randomName() {
        return String.format(Locale.ROOT, "%016x", random.nextLong());
    }
}
