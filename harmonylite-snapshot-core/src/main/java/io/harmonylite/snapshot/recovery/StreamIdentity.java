package io.harmonylite.snapshot.recovery;

/** Whether a position is one of the stream that is there now. */
public enum StreamIdentity {
    /** There is no position, or no stream, to compare. */
    NONE,
    /** Both sides know when the stream was created and, after 0, the timestamp of the message; both agree. */
    PROVEN,
    /** What both sides know agrees; one side does not know all of it. */
    UNPROVEN,
    /** They differ, or the stream has not reached the position's sequence yet. */
    ANOTHER
}
