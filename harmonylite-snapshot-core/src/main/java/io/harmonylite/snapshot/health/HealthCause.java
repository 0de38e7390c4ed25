package io.harmonylite.snapshot.health;

/** The cause of a health reason. Names are stable, so that alerts can use them. */
public enum HealthCause {
    /** The newest snapshot is older than the policy allows, and the loop has not found the database unchanged since. */
    SNAPSHOT_OLD(HealthState.STALE),
    /**
     * The last proof is older than the policy allows, or no snapshot was ever proven. The latter is a reason in a
     * {@link io.harmonylite.snapshot.SnapshotRepository}, and in a manager once a drill of its loop has run.
     */
    PROOF_OLD(HealthState.STALE),
    /** A stream will soon drop messages that the newest snapshot does not contain. */
    HEADROOM_LOW(HealthState.STALE),
    /** The lag of this node behind a stream is larger than the policy allows. */
    LAGGING(HealthState.STALE),
    /** A manifest in the store is damaged or too new: nothing is pruned while it exists. */
    MANIFEST_UNREADABLE(HealthState.STALE),
    /** The times of a snapshot cannot be right, or it was stored so late that it does not count. */
    TIME_DOUBTFUL(HealthState.STALE),
    /** There is no snapshot. */
    NO_SNAPSHOT(HealthState.FAILING),
    /** No snapshot covers every stream: a new node could not be recovered. */
    NOT_COVERED(HealthState.FAILING),
    /** An operation, or a duty of the loop, has failed and has not succeeded since. */
    OPERATION_FAILED(HealthState.FAILING),
    /** The store cannot be reached, or may not be read. */
    STORE_UNREACHABLE(HealthState.FAILING),
    /** The state of a stream cannot be read. */
    STREAM_UNREACHABLE(HealthState.FAILING),
    /** A stream does not exist. */
    STREAM_MISSING(HealthState.FAILING),
    /** The database or its sequence map cannot be read. */
    DATABASE_UNREADABLE(HealthState.FAILING),
    /** The attached feed has ended: no message is applied. */
    FEED_ENDED(HealthState.FAILING),
    /** The lag of the attached feed cannot be determined. */
    FEED_UNREADABLE(HealthState.FAILING),
    /**
     * Rows are in quarantine: a HarmonyLite message that may be older has taken a UNIQUE value from them. A later message
     * for a row ends that. If all messages are applied, a person must decide.
     */
    ROWS_QUARANTINED(HealthState.FAILING),
    /**
     * The node joined by a snapshot of HarmonyLite, which may lack messages that no stream holds. A restore of a snapshot
     * without such a range ends that, or {@link io.harmonylite.snapshot.SnapshotManager#acceptMissing}.
     */
    MESSAGES_POSSIBLY_MISSING(HealthState.STALE),
    /** A restore or recovery is running. */
    RESTORING(HealthState.RESTORING),
    /** This node must be recovered before it continues, or a person must decide. */
    RECOVERY_NEEDED(HealthState.GAP);

    private final HealthState state;

    HealthCause(HealthState state) {
        this.state = state;
    }

    /** Returns the state that this cause requires at least. */
    public HealthState state() {
        return state;
    }
}
