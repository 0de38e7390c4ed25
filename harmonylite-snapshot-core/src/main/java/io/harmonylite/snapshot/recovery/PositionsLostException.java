package io.harmonylite.snapshot.recovery;

import io.harmonylite.snapshot.exception.SnapshotException;

/** Thrown if the database holds rows but its positions are unknown. Nothing was overwritten. A person must decide. */
public class PositionsLostException extends SnapshotException {

    private static final long serialVersionUID = 1L;

    private final transient RecoveryPlan plan;

    /** Creates an exception with a message and the plan that found the problem. */
    public PositionsLostException(String message, RecoveryPlan plan) {
        super(message);
        this.plan = plan;
    }

    /** Returns the plan, with the numbers that it is based on; null after the exception was deserialized. */
    public RecoveryPlan plan() {
        return plan;
    }
}
