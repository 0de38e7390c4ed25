package io.harmonylite.snapshot.health;

/** What a health's reason is about; stable, for alerts to go by. */
public enum HealthCause {
    /** The newest snapshot is older than the policy allows, and the loop has not found since that nothing changed. */
    SNAPSHOT_OLD(HealthState.STALE),
    /** No snapshot was ever proven to be restorable, or the last proof is older than the policy allows. */
    PROOF_OLD(HealthState.STALE),
    /** A stream will drop messages soon that the newest snapshot does not hold. */
    HEADROOM_LOW(HealthState.STALE),
    /** This node is further behind a stream than the policy allows. */
    LAGGING(HealthState.STALE),
    /** A manifest in the store is damaged or too new: as long as it is there, nothing is pruned. */
    MANIFEST_UNREADABLE(HealthState.STALE),
    /** There is no snapshot. */
    NO_SNAPSHOT(HealthState.FAILING),
    /** No snapshot covers every stream: a new node could not be recovered. */
    NOT_COVERED(HealthState.FAILING),
    /** An operation, or a duty of the loop, failed, and has not succeeded since. */
    OPERATION_FAILED(HealthState.FAILING),
    /** The store cannot be reached, or must not be read. */
    STORE_UNREACHABLE(HealthState.FAILING),
    /** A stream cannot be asked. */
    STREAM_UNREACHABLE(HealthState.FAILING),
    /** A stream does not exist. */
    STREAM_MISSING(HealthState.FAILING),
    /** The database, or its sequence map, cannot be read. */
    DATABASE_UNREADABLE(HealthState.FAILING),
    /** A restore or recovery runs. */
    RESTORING(HealthState.RESTORING),
    /** This node must be recovered before it goes on, or a person must decide. */
    RECOVERY_NEEDED(HealthState.GAP);

    private final HealthState state;

    HealthCause(HealthState state) {
        this.state = state;
    }

    /** The state that it asks for at least. */
    public HealthState state() {
        return state;
    }
}
