package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.format.Digest;
import io.harmonylite.snapshot.internal.format.ImageDigests;
import io.harmonylite.snapshot.internal.format.ImageGeometry;
import io.harmonylite.snapshot.internal.format.LeafEntry;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.format.ManifestHead;
import io.harmonylite.snapshot.internal.format.Ordering;
import io.harmonylite.snapshot.internal.format.PackEntry;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.sqlite.FreePages;
import io.harmonylite.snapshot.internal.sqlite.ImageProbe;
import io.harmonylite.snapshot.internal.take.Compact.Compacted;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Seals an image into packs in the store, several at a time, while SQLite checks the image in parallel. */
final class Seal {

    private static final Logger LOG = LoggerFactory.getLogger(Seal.class);

    private final Services services;
    private final TakeSettings settings;
    private final SnapshotCatalog catalog;

    Seal(Services services, TakeSettings settings, SnapshotCatalog catalog) {
        this.services = services;
        this.settings = settings;
        this.catalog = catalog;
    }

    /**
     * Uploads all packs and returns the manifest that names them. Nothing is visible until that manifest is stored too.
     */
    Manifest run(Compacted compacted, SnapshotId id, Instant created, Ordering ordering, UploadedPacks uploaded)
            throws IOException {
        ImageGeometry geometry = compacted.probe().geometry();
        try (FileChannel channel =
                services.files().openForRead(compacted.image().file())) {
            if (channel.size() != geometry.imageBytes()) {
                throw new IOException("the copy has " + channel.size() + " bytes instead of " + geometry.imageBytes());
            }
            SealedLeaves leaves = new SealedLeaves(geometry.leafCount());
            ImageReader image = new ImageReader(channel, geometry, FreePages.read(channel, geometry));
            services.loop()
                    .run(geometry.leafCount() + 1, () -> new SealWorker(this, compacted, id, image, leaves, uploaded));
            return manifest(compacted, id, created, ordering, leaves);
        }
    }

    void check(Compacted compacted) {
        services.stages()
                .run(
                        Stage.CHECK,
                        () -> compacted
                                .image()
                                .check(settings.check())
                                .warn(LOG, catalog.layout().name()));
    }

    TakeSettings settings() {
        return settings;
    }

    SnapshotCatalog catalog() {
        return catalog;
    }

    void progressed(long done, long all) {
        services.stages().progressed(Stage.SEAL, done, all);
    }

    private Manifest manifest(
            Compacted compacted, SnapshotId id, Instant created, Ordering ordering, SealedLeaves leaves) {
        List<PackEntry> packs = leaves.packs();
        List<LeafEntry> entries = leaves.leaves();
        ImageProbe probe = compacted.probe();
        Digest digest = ImageDigests.image(
                probe.geometry(), entries.stream().map(LeafEntry::digest).toList());
        ImageInfo image = new ImageInfo(
                probe.geometry().pageSize(),
                probe.geometry().pageCount(),
                probe.userVersion(),
                probe.applicationId(),
                probe.encoding(),
                compacted.captured().journalMode(),
                probe.schemaDigest().hex(),
                digest.hex());
        ManifestHead head = new ManifestHead(
                List.of(),
                id,
                catalog.layout().name(),
                created.truncatedTo(ChronoUnit.MILLIS),
                settings.libraryVersion(),
                compacted.captured().positions(),
                image,
                packs.stream().mapToLong(PackEntry::size).sum(),
                compacted.captured().unpublished(),
                ordering,
                compacted.captured().possiblyMissing(),
                compacted.notCompacted());
        return new Manifest(head, packs, entries);
    }
}
