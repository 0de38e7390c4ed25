package io.harmonylite.snapshot.watch;

/**
 * Reason why a snapshot is due. Immutable.
 *
 * @param kind kind of the trigger that fired
 * @param sentence the values that made it fire, in a sentence for operators
 */
public record TriggerReason(Kind kind, String sentence) {

    /** Kind of trigger. */
    public enum Kind {
        /** Messages were applied since the newest snapshot. */
        MESSAGES,
        /** Time has passed since the newest snapshot. */
        INTERVAL,
        /** The newest snapshot will soon stop covering a stream. */
        HEADROOM,
        /** The manager is being closed. */
        SHUTDOWN
    }
}
