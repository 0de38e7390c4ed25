package io.harmonylite.snapshot.exception;

import io.harmonylite.snapshot.recovery.RecoveryPlan;

/** A stream is not the one that was followed: deleted, created anew, or set back. A person must decide. */
public class StreamResetException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    private final transient RecoveryPlan plan;

    /** Says what happened, with the plan that found it. */
    public StreamResetException(String message, RecoveryPlan plan) {
        super(message);
        this.plan = plan;
    }

    /** The plan, with the numbers behind it; not kept where the exception is serialized. */
    public RecoveryPlan plan() {
        return plan;
    }
}
