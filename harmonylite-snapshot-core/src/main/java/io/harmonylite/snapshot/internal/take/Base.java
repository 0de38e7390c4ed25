package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.internal.format.LeafEntry;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.format.ManifestHead;
import io.harmonylite.snapshot.internal.format.PackName;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The snapshot whose pages a take references where they have not changed. Immutable.
 *
 * @param info its description
 * @param manifest its manifest
 * @param unusable those of its packs that must not be referenced, because they are missing or damaged
 */
record Base(SnapshotInfo info, Manifest manifest, Set<PackName> unusable) implements StoredImage {

    @Override
    public @Nullable StoredLeaf leaf(int number) {
        if (number >= manifest.leaves().size()) {
            return null;
        }
        LeafEntry leaf = manifest.leaves().get(number);
        return new StoredLeaf(
                leaf.digest(),
                manifest.head().geometry().pagesIn(number),
                leaf.layers().stream()
                        .map(layer -> new PlacedLayer(manifest.packs().get(layer.pack()), layer))
                        .toList());
    }

    @Override
    public boolean isUsable(PackName pack) {
        return !unusable.contains(pack);
    }

    /** Returns whether every sweep keeps this snapshot for a grace period after it was retired. */
    boolean isKeptFor(Duration grace) {
        return manifest.head().ordering().grace().compareTo(grace) >= 0;
    }

    /**
     * Returns whether this snapshot is complete, and identical to one that would be stored: the same image at the same
     * positions.
     */
    boolean isLike(ManifestHead head) {
        ManifestHead own = manifest.head();
        return unusable.isEmpty()
                && own.image().equals(head.image())
                && own.unpublished().equals(head.unpublished())
                && own.possiblyMissing().equals(head.possiblyMissing())
                && areEqual(own.positions(), head.positions());
    }

    private static boolean areEqual(Positions one, Positions other) {
        Set<String> streams = new HashSet<>(one.byStream().keySet());
        streams.addAll(other.byStream().keySet());
        return one.isEmpty() == other.isEmpty()
                && streams.stream().allMatch(stream -> areEqual(of(one, stream), of(other, stream)));
    }

    private static boolean areEqual(StreamPosition one, StreamPosition other) {
        return one.sequence() == other.sequence() && one.sameStream(other);
    }

    private static StreamPosition of(Positions positions, String stream) {
        return positions.of(stream).orElse(StreamPosition.at(0));
    }
}
