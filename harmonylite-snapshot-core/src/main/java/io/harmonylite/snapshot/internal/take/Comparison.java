package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.exception.UnsupportedFormatException;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.format.Digest;
import io.harmonylite.snapshot.internal.format.ImageDigests;
import io.harmonylite.snapshot.internal.format.ImageGeometry;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.sqlite.FreePages;
import io.harmonylite.snapshot.internal.take.Capture.Captured;
import io.harmonylite.snapshot.internal.take.Compact.Compacted;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds an existing snapshot that is identical to the one being taken: the same image at the same positions. The image
 * is read and digested for that, but not compressed or uploaded. It is only read if the positions are equal, so that a
 * take of a changed database costs nothing more.
 */
final class Comparison {

    private final Services services;
    private final SnapshotCatalog catalog;

    Comparison(Services services, SnapshotCatalog catalog) {
        this.services = services;
        this.catalog = catalog;
    }

    /** Returns one of the given snapshots that has the same image and all its packs; empty if there is none. */
    Optional<SnapshotInfo> find(Compacted compacted, List<SnapshotInfo> others) {
        Captured captured = compacted.captured();
        List<SnapshotInfo> candidates = others.stream()
                .filter(other -> other.pending().equals(captured.unpublished()))
                .filter(other -> areEqual(other.positions(), captured.positions()))
                .filter(other -> other.image().journalMode().equals(captured.journalMode()))
                .filter(other -> isOf(other.image(), compacted.probe().geometry()))
                .toList();
        if (candidates.isEmpty()) {
            return Optional.empty();
        }
        String digest =
                services.stages().run(Stage.COMPARE, () -> digest(compacted)).hex();
        return candidates.stream()
                .filter(other -> other.image().imageDigest().equals(digest))
                .filter(this::isWhole)
                .findFirst();
    }

    private static boolean isOf(ImageInfo image, ImageGeometry geometry) {
        return image.pageSize() == geometry.pageSize() && image.pageCount() == geometry.pageCount();
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

    /** Returns whether a snapshot is complete. An incomplete one must not prevent a new take. */
    private boolean isWhole(SnapshotInfo snapshot) {
        try {
            catalog.requirePacks(catalog.read(snapshot.id()));
            return true;
        } catch (CorruptSnapshotException | SnapshotNotFoundException | UnsupportedFormatException e) {
            return false;
        }
    }

    private Digest digest(Compacted compacted) throws IOException {
        ImageGeometry geometry = compacted.probe().geometry();
        try (FileChannel channel =
                services.files().openForRead(compacted.image().file())) {
            ImageReader image = new ImageReader(channel, geometry, FreePages.read(channel, geometry));
            Digest[] leaves = new Digest[geometry.leafCount()];
            services.loop().run(geometry.leafCount(), () -> new DigestWorker(image, leaves));
            return ImageDigests.image(geometry, List.of(leaves));
        }
    }
}
