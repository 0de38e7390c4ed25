package io.harmonylite.snapshot.nats;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.RetryPolicy;
import dev.failsafe.RetryPolicyBuilder;
import io.nats.client.JetStreamApiException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;

/** Repeats requests that failed during an election, a restart or a lost connection. Immutable and thread-safe. */
final class NatsRetries {

    private static final Duration FIRST_WAIT = Duration.ofMillis(50);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
    private static final NatsRetries USUAL = new NatsRetries(Duration.ofSeconds(15), Duration.ofSeconds(4));

    private final FailsafeExecutor<Object> executor;

    /** Creates the maximum times of retries: if replies do not arrive, and if there are no responders. */
    NatsRetries(Duration patience, Duration patienceUnserved) {
        executor = Failsafe.with(
                policy(patience)
                        .handleIf(e -> NatsFailures.mayPass(e) && !NatsFailures.isUnserved(e))
                        .build(),
                policy(patienceUnserved).handleIf(NatsFailures::isUnserved).build());
    }

    /** Returns the default limits: 15 seconds, and 4 seconds without responders. */
    static NatsRetries usual() {
        return USUAL;
    }

    /** Sends a request until there is a reply, a permanent failure, or no time left; then throws the failure. */
    <T> T call(Request<T> request) throws IOException, JetStreamApiException {
        try {
            return executor.get(request::send);
        } catch (FailsafeException e) {
            throw unwrapped(e);
        }
    }

    private static IOException unwrapped(FailsafeException e) throws JetStreamApiException {
        Throwable cause = e.getCause();
        if (cause instanceof JetStreamApiException answer) {
            throw answer;
        }
        if (cause instanceof IOException failure) {
            return failure;
        }
        if (cause instanceof InterruptedException) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted =
                    new InterruptedIOException("interrupted while waiting to repeat a request");
            interrupted.initCause(cause);
            return interrupted;
        }
        throw e;
    }

    private static RetryPolicyBuilder<Object> policy(Duration patience) {
        return RetryPolicy.builder()
                .withBackoff(FIRST_WAIT, LONGEST_WAIT)
                .withMaxRetries(-1)
                .withMaxDuration(patience);
    }

    /** One request to JetStream. */
    @FunctionalInterface
    interface Request<T> {
        T send() throws IOException, JetStreamApiException;
    }
}
