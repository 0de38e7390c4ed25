package io.harmonylite.snapshot.internal.format;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The small object that makes a snapshot exist. Immutable.
 *
 * @param head description of the snapshot
 * @param packs all packs that hold pages of the image, in the order in which they were written
 * @param leaves locations of the pages, in the order of the image
 * @param credit bytes that later takes may rewrite in addition
 * @param check SQLite's check of the image before it was sealed; null if it is unknown
 * @param key key of the take; null if the snapshot is not sealed
 */
public record Manifest(
        ManifestHead head,
        List<PackEntry> packs,
        List<LeafEntry> leaves,
        long credit,
        @Nullable CheckRecord check,
        @Nullable DataKey key)
        implements Outline {

    /** Creates a manifest that is not sealed. */
    public Manifest(
            ManifestHead head,
            List<PackEntry> packs,
            List<LeafEntry> leaves,
            long credit,
            @Nullable CheckRecord check) {
        this(head, packs, leaves, credit, check, null);
    }

    @Override
    public Manifest with(Ordering ordering) {
        return new Manifest(head.with(ordering), packs, leaves, credit, check, key);
    }

    @Override
    public byte[] encode() {
        return ManifestCodec.encode(this);
    }
}
