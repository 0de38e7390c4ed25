package io.harmonylite.snapshot.recovery;

import io.harmonylite.snapshot.exception.SnapshotException;

/** Thrown if a stream has dropped messages that were not applied and no snapshot contains. A person must decide. */
public class StreamGapException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    private final transient RecoveryPlan plan;

    /** Creates an exception with a message and the plan that found the problem. */
    public StreamGapException(String message, RecoveryPlan plan) {
        super(message);
        this.plan = plan;
    }

    /** Returns the plan, with the numbers that it is based on; null after the exception was deserialized. */
    public RecoveryPlan plan() {
        return plan;
    }
}
