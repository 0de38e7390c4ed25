package io.harmonylite.snapshot;

/** How thoroughly a snapshot is verified. Each depth includes the previous ones. */
public enum VerifyDepth {
    /** Checks that the manifest is sound and that every pack it names exists with its size. Cheap: reads no pack. */
    MANIFEST,
    /** Checks the digest of every stored byte and every page. Reads all packs; needs no disk space. */
    STORED_BYTES,
    /**
     * Rebuilds the image in the scratch directory, runs SQLite's {@code integrity_check}, and counts violated foreign
     * keys. Needs space for the image.
     */
    REBUILD
}
