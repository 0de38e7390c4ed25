package io.harmonylite.snapshot.recovery;

/** Relation between a position and the current stream. */
public enum StreamIdentity {
    /** There is no position or no stream to compare. */
    NONE,
    /** Both sides have the stream's creation time and, after sequence 0, the message's timestamp; all are equal. */
    PROVEN,
    /** The known values are equal; one side lacks some. */
    UNPROVEN,
    /** The values differ, or the stream has not reached the position's sequence. */
    ANOTHER
}
