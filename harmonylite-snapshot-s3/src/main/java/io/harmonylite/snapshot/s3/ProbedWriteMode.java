package io.harmonylite.snapshot.s3;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The write mode of a store, determined by a probe at the first put, or the next one if that fails. Thread-safe. */
final class ProbedWriteMode {

    private final CapabilityProbe probe;
    private final Lock lock = new ReentrantLock();
    private volatile @Nullable WriteMode found;

    ProbedWriteMode(CapabilityProbe probe, @Nullable WriteMode known) {
        this.probe = probe;
        this.found = known;
    }

    WriteMode get() throws IOException {
        WriteMode mode = found;
        return mode == null ? probe() : mode;
    }

    private WriteMode probe() throws IOException {
        lockOrFail();
        try {
            WriteMode mode = found;
            if (mode == null) {
                mode = probe.run();
                found = mode;
            }
            return mode;
        } finally {
            lock.unlock();
        }
    }

    private void lockOrFail() throws IOException {
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("interrupted before the first put");
            interrupted.initCause(e);
            throw interrupted;
        }
    }
}
