package io.harmonylite.snapshot.exception;

import io.harmonylite.snapshot.recovery.RecoveryPlan;

/** Messages that were not applied are gone from a stream, and no snapshot has them. A person must decide. */
public class StreamGapException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    private final transient RecoveryPlan plan;

    /** Says what happened, with the plan that found it. */
    public StreamGapException(String message, RecoveryPlan plan) {
        super(message);
        this.plan = plan;
    }

    /** The plan, with the numbers behind it; not kept where the exception is serialized. */
    public RecoveryPlan plan() {
        return plan;
    }
}
