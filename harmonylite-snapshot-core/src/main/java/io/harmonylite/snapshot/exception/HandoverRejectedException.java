package io.harmonylite.snapshot.exception;

/**
 * Thrown if HarmonyLite would lose rows if it were started on a database and its sequence map as they are. Apply the
 * messages first, then check again.
 */
public class HandoverRejectedException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    private final long pendingChanges;
    private final long backlog;

    /**
     * Creates an exception.
     *
     * @param pendingChanges number of changes that are not yet published
     * @param backlog number of messages of all streams that are not yet applied
     */
    public HandoverRejectedException(String message, long pendingChanges, long backlog) {
        super(message);
        this.pendingChanges = pendingChanges;
        this.backlog = backlog;
    }

    /** Returns the number of changes that are not yet published. */
    public long pendingChanges() {
        return pendingChanges;
    }

    /** Returns the number of messages of all streams that are not yet applied. */
    public long backlog() {
        return backlog;
    }
}
