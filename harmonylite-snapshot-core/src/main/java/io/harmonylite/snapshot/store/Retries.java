package io.harmonylite.snapshot.store;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.RetryPolicy;
import dev.failsafe.function.CheckedSupplier;
import io.harmonylite.snapshot.internal.base.IORunnable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides when to retry and when to give up; Failsafe does the waiting. Immutable and thread-safe. */
final class Retries {

    private static final Logger LOG = LoggerFactory.getLogger(Retries.class);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);
    private static final double JITTER = 0.25;

    private final FailsafeExecutor<Object> executor;

    Retries(Duration maxDuration, Duration firstWait) {
        executor = Failsafe.with(RetryPolicy.builder()
                .handleIf(RetryingSnapshotStore::mayPass)
                .withBackoff(firstWait, LONGEST_WAIT)
                .withJitter(JITTER)
                .withMaxRetries(-1)
                .withMaxDuration(maxDuration)
                .onRetry(event -> LOG.debug(
                        "Retrying, attempt {}, after: {}",
                        event.getAttemptCount() + 1,
                        String.valueOf(event.getLastException())))
                .build());
    }

    /** Calls until success, a failure that retrying cannot fix, or the time limit; then throws the last failure. */
    <T> T call(CheckedSupplier<T> call) throws IOException {
        try {
            return executor.get(call);
        } catch (FailsafeException e) {
            throw unwrapped(e);
        }
    }

    /** As {@link #call}, without a result. */
    void run(IORunnable call) throws IOException {
        call(() -> {
            call.run();
            return true;
        });
    }

    private static IOException unwrapped(FailsafeException e) {
        Throwable cause = e.getCause();
        if (cause instanceof IOException failure) {
            return failure;
        }
        if (cause instanceof InterruptedException) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("interrupted while waiting to retry");
            interrupted.initCause(cause);
            return interrupted;
        }
        throw e;
    }
}
