package io.harmonylite.snapshot.internal.observation;

import io.harmonylite.snapshot.Operation;
import io.harmonylite.snapshot.OperationOutcome;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.exception.SnapshotException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs operations and reports each of them: one flight recorder event, one log line and one call of the listener, on
 * success and on failure. Immutable and thread-safe.
 */
public final class Observation {

    /** Logger for one line of keys and values per operation. The name is stable, so that it can be filtered. */
    private static final Logger LOG = LoggerFactory.getLogger("io.harmonylite.snapshot.outcome");

    private final String name;
    private final InstantSource clock;
    private final Consumer<OperationOutcome> receiver;

    /**
     * Creates an observation.
     *
     * @param name name of the snapshots
     * @param receiver receives each outcome; must not throw
     */
    public Observation(String name, InstantSource clock, Consumer<OperationOutcome> receiver) {
        this.name = name;
        this.clock = clock;
        this.receiver = receiver;
    }

    /** Returns an observation that reports to another receiver too. */
    public Observation and(Consumer<OperationOutcome> other) {
        return new Observation(name, clock, receiver.andThen(other));
    }

    /** Runs one operation. */
    public <T> T run(Operation operation, Supplier<T> body, Function<T, Finding> finding) {
        OperationEvent event = new OperationEvent();
        event.begin();
        long start = System.nanoTime();
        try {
            T result = body.get();
            Finding found = finding.apply(result);
            ended(event, outcome(operation, start, found.snapshot(), found.bytes(), found.problem()));
            return result;
        } catch (RuntimeException | Error e) {
            Optional<SnapshotId> about = e instanceof SnapshotException known ? known.snapshot() : Optional.empty();
            ended(event, outcome(operation, start, about, 0, Optional.of(e)));
            throw e;
        }
    }

    private OperationOutcome outcome(
            Operation operation,
            long start,
            Optional<SnapshotId> snapshot,
            long bytes,
            Optional<? extends Throwable> failure) {
        Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
        return new OperationOutcome(
                operation, name, clock.instant(), elapsed, snapshot, bytes, failure.map(Function.identity()));
    }

    private void ended(OperationEvent event, OperationOutcome outcome) {
        event.end(outcome);
        log(outcome);
        receiver.accept(outcome);
    }

    private static void log(OperationOutcome outcome) {
        LOG.info("{}", outcome);
        outcome.failure()
                .ifPresent(failure ->
                        LOG.debug("operation={} failed", outcome.operation().label(), failure));
    }
}
