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

/**
 * Asks JetStream again where that may help: elections, restarts and cut connections pass. Nobody serving a request at all
 * is believed sooner than silence. Immutable and thread-safe.
 */
final class NatsRetries {

    private static final Duration FIRST_WAIT = Duration.ofMillis(50);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
    private static final NatsRetries USUAL = new NatsRetries(Duration.ofSeconds(15), Duration.ofSeconds(4));

    private final FailsafeExecutor<Object> executor;

    /**
     * Limits how long a request is sent again.
     *
     * @param patience where answers fail to come
     * @param patienceUnserved where nobody serves the request
     */
    NatsRetries(Duration patience, Duration patienceUnserved) {
        executor = Failsafe.with(
                policy(patience)
                        .handleIf(e -> NatsFailures.mayPass(e) && !NatsFailures.isUnserved(e))
                        .build(),
                policy(patienceUnserved).handleIf(NatsFailures::isUnserved).build());
    }

    /** For 15 seconds, and 4. */
    static NatsRetries usual() {
        return USUAL;
    }

    /** Asks until there is an answer, a failure that stays, or no patience left; throws the last failure as it was. */
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
            InterruptedIOException interrupted = new InterruptedIOException("interrupted while waiting to ask again");
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
