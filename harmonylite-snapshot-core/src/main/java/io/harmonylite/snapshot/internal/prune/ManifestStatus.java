package io.harmonylite.snapshot.internal.prune;

/** State of a manifest that a survey found. */
enum ManifestStatus {
    /** The manifest can be read, its packs exist, and it is not late. */
    SOUND,
    /** The packs exist, but the manifest was stored so late that its take does not confirm it; it never counts. */
    LATE,
    /** The manifest can be read, but packs that it names are missing. */
    INCOMPLETE,
    /** The manifest requires features that this version lacks; the names of its packs are known. */
    UNSUPPORTED,
    /** The names of its packs are unknown. */
    UNREADABLE
}
