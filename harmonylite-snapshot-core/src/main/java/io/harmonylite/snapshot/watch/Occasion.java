package io.harmonylite.snapshot.watch;

/** On what occasion it is asked whether a snapshot is due. */
public enum Occasion {
    /** The loop's check, again and again. */
    CHECK,
    /** The manager is being closed. */
    SHUTDOWN
}
