package io.harmonylite.snapshot.exception;

import com.fasterxml.jackson.annotation.JsonIncludeProperties;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.internal.base.ExceptionAccess;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Thrown if an operation of this library failed. The message names what failed, the cause and the next step. The
 * subclass says what the caller can do. Nothing in the store or the live database was changed, unless a subclass says
 * otherwise.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "type")
@JsonIncludeProperties("message")
public class SnapshotException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    static {
        ExceptionAccess.install(
                (exception, id) -> ((SnapshotException) exception).snapshot((SnapshotId) id),
                (exception, failed) -> ((SnapshotException) exception).stage((Stage) failed));
    }

    private transient @Nullable SnapshotId snapshot;
    private @Nullable Stage stage;

    /** Creates an exception with a message. */
    public SnapshotException(String message) {
        super(message);
    }

    /** Creates an exception with a message and a cause. */
    public SnapshotException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Returns the snapshot that the failure is about, if there is one. */
    public Optional<SnapshotId> snapshot() {
        return Optional.ofNullable(snapshot);
    }

    /** Returns the stage that failed, if the failure happened in a stage. */
    public Optional<Stage> stage() {
        return Optional.ofNullable(stage);
    }

    private void snapshot(SnapshotId id) {
        if (snapshot == null) {
            snapshot = id;
        }
    }

    private void stage(Stage failed) {
        if (stage == null) {
            stage = failed;
        }
    }
}
