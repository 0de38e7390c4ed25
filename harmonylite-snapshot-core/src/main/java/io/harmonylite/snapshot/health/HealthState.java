package io.harmonylite.snapshot.health;

/** How it stands, from best to worst: a health is in the worst state that one of its reasons asks for. */
public enum HealthState {
    /** A node that is lost now can be replaced, and by a snapshot that was proven lately. */
    OK,
    /** It still works, but something is older, or nearer to its end, than the policy allows. */
    STALE,
    /** Something does not work: no snapshot, a failed operation, a store or stream that cannot be reached. */
    FAILING,
    /** A restore or recovery runs: nothing can be said of the database meanwhile. */
    RESTORING,
    /** This node misses messages, or nobody knows what it has: it must be recovered, or a person must decide. */
    GAP
}
