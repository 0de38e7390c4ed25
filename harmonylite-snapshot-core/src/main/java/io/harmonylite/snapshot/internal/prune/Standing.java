package io.harmonylite.snapshot.internal.prune;

/** What a manifest that was found is worth. */
enum Standing {
    /** It can be read, its packs are there, and its take cannot retire it any more. */
    SOUND,
    /** Its packs are there, but it came so late that its own take retires it, where that still runs. */
    UNSETTLED,
    /** It can be read, but packs it names are missing. */
    INCOMPLETE,
    /** It requires what this version does not know; the packs it names are known all the same. */
    UNSUPPORTED,
    /** What it names cannot be known. */
    UNREADABLE
}
