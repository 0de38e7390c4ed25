package io.harmonylite.snapshot;

import io.harmonylite.snapshot.exception.SnapshotException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How an operation ended. Immutable.
 *
 * @param operation what was done
 * @param name what the database's snapshots are called
 * @param endedAt when, by the host's clock
 * @param elapsed how long it took
 * @param snapshot the snapshot it was about, where that is one
 * @param bytes how much it stored, fetched or freed; 0 where it failed
 * @param failure what it threw, or what it found to be wrong with the snapshot; empty where it did what it should
 */
public record OperationOutcome(
        Operation operation,
        String name,
        Instant endedAt,
        Duration elapsed,
        Optional<SnapshotId> snapshot,
        long bytes,
        Optional<Throwable> failure) {

    /** Whether it did what it should, and found nothing wrong. */
    public boolean isDone() {
        return failure.isEmpty();
    }

    /** The stage in which it failed, where that is known. */
    public Optional<Stage> failedStage() {
        return failure.filter(SnapshotException.class::isInstance)
                .map(SnapshotException.class::cast)
                .flatMap(SnapshotException::stage);
    }

    /** Keys and values on one line, as it is logged. Messages of exceptions are not in it. */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(128)
                .append("operation=")
                .append(operation.label())
                .append(" name=")
                .append(name)
                .append(" outcome=")
                .append(isDone() ? "done" : "failed");
        snapshot.ifPresent(id -> line.append(" snapshot=").append(id));
        failure.ifPresent(
                cause -> line.append(" failure=").append(cause.getClass().getSimpleName()));
        failedStage().ifPresent(stage -> line.append(" stage=").append(stage));
        return line.append(" bytes=")
                .append(bytes)
                .append(" ms=")
                .append(elapsed.toMillis())
                .toString();
    }
}
