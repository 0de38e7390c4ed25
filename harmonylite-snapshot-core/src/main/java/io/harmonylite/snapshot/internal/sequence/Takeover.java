package io.harmonylite.snapshot.internal.sequence;

/** Whether a map that HarmonyLite wrote is opened. */
public enum Takeover {
    /** It is refused. */
    REFUSED,
    /** The host vouches that HarmonyLite has stopped, and that its positions are to go on from. */
    ALLOWED
}
