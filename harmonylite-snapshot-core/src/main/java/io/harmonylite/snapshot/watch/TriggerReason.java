package io.harmonylite.snapshot.watch;

/**
 * Why a snapshot is due. Immutable.
 *
 * @param kind which trigger says so
 * @param sentence the numbers behind it, for people
 */
public record TriggerReason(Kind kind, String sentence) {

    /** Which trigger it was. */
    public enum Kind {
        /** Messages were applied. */
        MESSAGES,
        /** Time has passed. */
        INTERVAL,
        /** The newest snapshot will soon cover a stream no longer. */
        HEADROOM,
        /** The manager is being closed. */
        SHUTDOWN
    }
}
