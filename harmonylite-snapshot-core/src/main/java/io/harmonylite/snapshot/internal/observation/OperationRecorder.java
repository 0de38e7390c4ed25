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

/** Runs operations; records the end of each by an event, a log line and a call of the listener. Thread-safe. */
public final class OperationRecorder {

    /** Writes a line of keys and values for each operation, under a stable name, by which hosts can filter. */
    private static final Logger LOG = LoggerFactory.getLogger("io.harmonylite.snapshot.outcome");

    private final String name;
    private final InstantSource clock;
    private final Consumer<OperationOutcome> listener;

    /** Creates a recorder for snapshots of a name; {@code listener} does not throw. */
    public OperationRecorder(String name, InstantSource clock, Consumer<OperationOutcome> listener) {
        this.name = name;
        this.clock = clock;
        this.listener = listener;
    }

    /** Returns a recorder that passes each outcome to a second listener too. */
    public OperationRecorder and(Consumer<OperationOutcome> other) {
        return new OperationRecorder(name, clock, listener.andThen(other));
    }

    /** Runs one operation and records its outcome. Rethrows what the operation throws. */
    public <T> T run(Operation operation, Supplier<T> body, Function<T, OperationSummary> summary) {
        OperationEvent event = new OperationEvent();
        event.begin();
        long start = System.nanoTime();
        try {
            T result = body.get();
            OperationSummary done = summary.apply(result);
            record(event, outcome(operation, start, done));
            return result;
        } catch (RuntimeException | Error e) {
            Optional<SnapshotId> snapshot = e instanceof SnapshotException known ? known.snapshot() : Optional.empty();
            record(event, failed(operation, start, snapshot, e));
            throw e;
        }
    }

    private OperationOutcome outcome(Operation operation, long start, OperationSummary done) {
        return new OperationOutcome(
                operation,
                name,
                clock.instant(),
                Duration.ofNanos(System.nanoTime() - start),
                done.isUnchanged(),
                done.snapshot(),
                done.bytes(),
                done.referencedBytes(),
                done.reusedBytes(),
                done.imageBytes(),
                done.problem().map(Function.identity()));
    }

    private OperationOutcome failed(Operation operation, long start, Optional<SnapshotId> snapshot, Throwable failure) {
        Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
        return new OperationOutcome(
                operation, name, clock.instant(), elapsed, false, snapshot, 0, 0, 0, 0, Optional.of(failure));
    }

    private void record(OperationEvent event, OperationOutcome outcome) {
        event.end(outcome);
        log(outcome);
        listener.accept(outcome);
    }

    private static void log(OperationOutcome outcome) {
        LOG.info("{}", outcome);
        outcome.failure()
                .ifPresent(failure ->
                        LOG.debug("operation={} failed", outcome.operation().label(), failure));
    }
}
