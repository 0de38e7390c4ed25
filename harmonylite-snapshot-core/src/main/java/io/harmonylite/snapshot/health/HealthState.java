package io.harmonylite.snapshot.health;

/** The state of a health, from best to worst. A health has the worst state that one of its reasons requires. */
public enum HealthState {
    /** A lost node can be replaced, from a snapshot that was proven recently. */
    OK,
    /** Everything works, but something is older, or closer to its limit, than the policy allows. */
    STALE,
    /** Something does not work: no snapshot, a failed operation, or a store or stream that cannot be reached. */
    FAILING,
    /** A restore or recovery is running: the state of the database is unknown until it ends. */
    RESTORING,
    /** This node misses messages, or its positions are unknown: it must be recovered, or a person must decide. */
    GAP
}
