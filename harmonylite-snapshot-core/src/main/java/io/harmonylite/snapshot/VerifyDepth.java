package io.harmonylite.snapshot;

/** How thoroughly a snapshot is verified; each depth includes the ones before. */
public enum VerifyDepth {
    /** The manifest is sound, and every pack it names is there in its size. Cheap: no pack is read. */
    MANIFEST,
    /** Every stored byte and every page has its digest. Reads all packs, needs no disk. */
    STORED_BYTES,
    /** The image is rebuilt in scratch and passes SQLite's {@code integrity_check}. Needs room for the image. */
    REBUILD
}
