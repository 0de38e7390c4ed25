package io.harmonylite.snapshot.exception;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.Stage;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A take, list, verify, restore or prune did not do what was asked. The message names the thing and what to do; the
 * subclass answers "what do I do now?". Unless a subclass says otherwise, nothing in the store or the live database was
 * changed.
 */
public class SnapshotException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private transient @Nullable SnapshotId snapshot;
    private @Nullable Stage stage;

    /** Says what happened. */
    public SnapshotException(String message) {
        super(message);
    }

    /** Says what happened, and why. */
    public SnapshotException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** The snapshot it is about, where there is one. */
    public Optional<SnapshotId> snapshot() {
        return Optional.ofNullable(snapshot);
    }

    /** The stage in which it happened, where it was one. */
    public Optional<Stage> stage() {
        return Optional.ofNullable(stage);
    }

    /** Notes the snapshot, unless one is noted already. */
    public void about(SnapshotId id) {
        if (snapshot == null) {
            snapshot = id;
        }
    }

    /** Notes the stage, unless one is noted already. */
    public void during(Stage where) {
        if (stage == null) {
            stage = where;
        }
    }
}
