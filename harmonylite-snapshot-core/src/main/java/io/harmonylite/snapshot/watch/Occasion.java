package io.harmonylite.snapshot.watch;

/** Reason why a trigger is evaluated. */
public enum Occasion {
    /** A periodic check of the watch loop. */
    CHECK,
    /** The manager is being closed. */
    SHUTDOWN
}
