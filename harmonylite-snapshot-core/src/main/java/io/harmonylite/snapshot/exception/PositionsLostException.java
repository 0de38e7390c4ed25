package io.harmonylite.snapshot.exception;

import io.harmonylite.snapshot.recovery.RecoveryPlan;

/** The database holds rows, and how far they are is not known. A person must decide; nothing was overwritten. */
public class PositionsLostException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    private final transient RecoveryPlan plan;

    /** Says what happened, with the plan that found it. */
    public PositionsLostException(String message, RecoveryPlan plan) {
        super(message);
        this.plan = plan;
    }

    /** The plan, with the numbers behind it; not kept where the exception is serialized. */
    public RecoveryPlan plan() {
        return plan;
    }
}
