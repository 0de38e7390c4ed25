package io.harmonylite.snapshot.internal.prune;

/** State of a manifest that a survey found. */
enum ManifestStatus {
    /** The manifest can be read, its packs exist, and its take can no longer retire it. */
    SOUND,
    /** The packs exist, but the manifest was written so late that its own take, if it still runs, will retire it. */
    UNSETTLED,
    /** The manifest can be read, but packs that it names are missing. */
    INCOMPLETE,
    /** The manifest requires features that this version lacks; the names of its packs are known. */
    UNSUPPORTED,
    /** The names of its packs are unknown. */
    UNREADABLE
}
