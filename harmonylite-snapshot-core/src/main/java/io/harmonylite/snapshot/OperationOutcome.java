package io.harmonylite.snapshot;

import com.fasterxml.jackson.annotation.JsonIncludeProperties;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.harmonylite.snapshot.exception.SnapshotException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The outcome of one operation. Immutable.
 *
 * @param operation the operation
 * @param name name of the database's snapshots in the store
 * @param endedAt time at which the operation ended, by the host's clock
 * @param elapsed duration of the operation
 * @param isUnchanged true if a take of the loop stored nothing, because an identical snapshot exists: the same image at
 *     the same positions
 * @param snapshot the snapshot that the operation was about, if it was a single one; of an unchanged take the existing
 *     one
 * @param bytes bytes that were stored, fetched or freed; 0 if the operation failed
 * @param referencedBytes bytes of the packs of earlier takes that the snapshot of a take needs too; otherwise 0
 * @param reusedBytes bytes of the image that a restore took from the replaced database; otherwise 0
 * @param imageBytes size of the image of a take or a restore; otherwise 0
 * @param failure the exception that was thrown, or the problem that was found in the snapshot; empty if the operation
 *     succeeded
 */
public record OperationOutcome(
        Operation operation,
        String name,
        Instant endedAt,
        Duration elapsed,
        boolean isUnchanged,
        Optional<SnapshotId> snapshot,
        long bytes,
        long referencedBytes,
        long reusedBytes,
        long imageBytes,

        @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "type") @JsonIncludeProperties("message")
        Optional<Throwable> failure) {

    /** Returns whether the operation succeeded and found no problem. */
    public boolean isDone() {
        return failure.isEmpty();
    }

    /** Returns the result in logs, metrics and the flight recorder: {@code done}, {@code unchanged} or {@code failed}. */
    public String result() {
        return isUnchanged ? "unchanged" : isDone() ? "done" : "failed";
    }

    /** Returns the stage in which the operation failed, if it is known. */
    public Optional<Stage> failedStage() {
        return failure.filter(SnapshotException.class::isInstance)
                .map(SnapshotException.class::cast)
                .flatMap(SnapshotException::stage);
    }

    /** Returns keys and values on one line, as they are logged. Exception messages are not included. */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(128)
                .append("operation=")
                .append(operation.label())
                .append(" name=")
                .append(name)
                .append(" outcome=")
                .append(result());
        snapshot.ifPresent(id -> line.append(" snapshot=").append(id));
        failure.ifPresent(
                cause -> line.append(" failure=").append(cause.getClass().getSimpleName()));
        failedStage().ifPresent(stage -> line.append(" stage=").append(stage));
        line.append(" bytes=").append(bytes);
        if (imageBytes > 0) {
            line.append(operation == Operation.TAKE ? " referenced=" : " reused=")
                    .append(referencedBytes + reusedBytes) // One of them is 0.
                    .append(" image=")
                    .append(imageBytes);
        }
        return line.append(" ms=").append(elapsed.toMillis()).toString();
    }
}
