package io.harmonylite.snapshot.internal.catalog;

import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.exception.StoreUnavailableException;
import io.harmonylite.snapshot.internal.base.IORunnable;
import io.harmonylite.snapshot.internal.base.IOSupplier;
import io.harmonylite.snapshot.internal.concurrent.Interruption;
import io.harmonylite.snapshot.store.ContainerMissingException;
import io.harmonylite.snapshot.store.DamagedObjectException;
import io.harmonylite.snapshot.store.IndeterminateWriteException;
import io.harmonylite.snapshot.store.NoSuchObjectException;
import io.harmonylite.snapshot.store.StoreAccessException;
import io.harmonylite.snapshot.store.StoreFullException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;

/** Translates the exceptions of stores into those of the library. */
public final class StoreFailures {

    private StoreFailures() {}

    /** Calls a store. */
    public static <T> T calling(IOSupplier<T> call) {
        try {
            return call.get();
        } catch (IOException e) {
            throw translate(e);
        }
    }

    /** Calls a store for what it does. */
    public static void running(IORunnable action) {
        calling(() -> {
            action.run();
            return true;
        });
    }

    /** Returns the exception for a failed call. */
    public static SnapshotException translate(IOException e) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        if ((e instanceof InterruptedIOException && Thread.currentThread().isInterrupted())
                || e instanceof ClosedByInterruptException) {
            return Interruption.interrupted(e);
        }
        if (e instanceof NoSuchObjectException) {
            return new SnapshotNotFoundException(message, e);
        }
        if (e instanceof ContainerMissingException || e instanceof StoreAccessException) {
            return new SnapshotConfigurationException(message, e);
        }
        if (e instanceof StoreFullException) {
            return new InsufficientSpaceException(message, e);
        }
        if (e instanceof IndeterminateWriteException) {
            return new StoreUnavailableException("the outcome of a write is unknown: " + message, e);
        }
        if (e instanceof DamagedObjectException) {
            return new CorruptSnapshotException(message, e);
        }
        if (e instanceof EOFException) {
            return new CorruptSnapshotException("an object is truncated: " + message, e);
        }
        return new StoreUnavailableException("the store cannot be reached: " + message, e);
    }
}
