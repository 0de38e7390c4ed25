package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.concurrent.ParallelLoop;
import io.harmonylite.snapshot.internal.format.CheckRecord;
import io.harmonylite.snapshot.internal.format.Digest;
import io.harmonylite.snapshot.internal.format.ImageDigests;
import io.harmonylite.snapshot.internal.format.ImageGeometry;
import io.harmonylite.snapshot.internal.format.LeafEntry;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.format.ManifestHead;
import io.harmonylite.snapshot.internal.format.Ordering;
import io.harmonylite.snapshot.internal.format.PackEntry;
import io.harmonylite.snapshot.internal.format.PackName;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.sqlite.FreePages;
import io.harmonylite.snapshot.internal.sqlite.ImagePages;
import io.harmonylite.snapshot.internal.sqlite.ImageProbe;
import io.harmonylite.snapshot.internal.take.Compact.Compacted;
import io.harmonylite.snapshot.internal.take.StoredImage.StoredLeaf;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seals an image: stores the pages that the base does not have, several leaves at a time, while SQLite checks the image
 * in parallel. Then stores pages again of packs that have become too empty. Used once.
 */
final class Seal {

    private static final Logger LOG = LoggerFactory.getLogger(Seal.class);

    private final Services services;
    private final TakeSettings settings;
    private final SnapshotCatalog catalog;
    private final SnapshotId id;
    private final @Nullable Base base;
    private final @Nullable TakeKey key;
    private final UploadedPacks uploaded;
    private final Compacted compacted;
    private final ImageGeometry geometry;
    private final LeafTable leaves;
    private final PackUpload upload;
    private final PackPool packs;
    private long changedBytes;
    private long credit;
    private volatile @Nullable CheckRecord check;

    /**
     * Prepares to seal an image.
     *
     * @param base the snapshot whose pages may be referenced; null to store all pages
     * @param key seals the snapshot; null if it is not sealed
     */
    Seal(
            Services services,
            TakeSettings settings,
            SnapshotCatalog catalog,
            SnapshotId id,
            Compacted compacted,
            @Nullable Base base,
            @Nullable TakeKey key,
            UploadedPacks uploaded) {
        this.services = services;
        this.settings = settings;
        this.catalog = catalog;
        this.id = id;
        this.base = base;
        this.key = key;
        this.uploaded = uploaded;
        this.compacted = compacted;
        this.geometry = compacted.probe().geometry();
        this.leaves = new LeafTable(geometry);
        this.upload = new PackUpload(catalog, id, uploaded, leaves, geometry);
        this.packs = new PackPool(settings.compressionLevel(), key == null ? null : key.data(), upload);
    }

    /**
     * Uploads all packs and returns the manifest that names them. Nothing is visible until that manifest is stored too.
     */
    Manifest run(Instant created, Ordering ordering) throws IOException {
        try (packs;
                FileChannel channel =
                        services.files().openForWrite(compacted.image().file())) {
            if (channel.size() != geometry.imageBytes()) {
                throw new IOException("the copy has " + channel.size() + " bytes instead of " + geometry.imageBytes());
            }
            FreePages.blank(services.files(), channel, geometry);
            ImagePages image = new ImagePages(channel, geometry);
            StoredImage stored = base == null ? StoredImage.NONE : base;
            services.takeLoop().run(geometry.leafCount() + 1, () -> checkingFirst(new SealWorker(this, image, stored)));
            packs.finish();
            changedBytes = upload.bytes();
            if (base != null) {
                rewrite(image, base);
            }
        }
        return manifest(created, ordering);
    }

    /** Returns a worker whose step 0 is SQLite's check, and every other step that of the leaf before. */
    private ParallelLoop.Worker checkingFirst(SealWorker worker) {
        return new ParallelLoop.Worker() {
            @Override
            public void step(int number) throws IOException {
                if (number == 0) {
                    services.stages().run(Stage.CHECK, () -> check = checked());
                } else {
                    worker.step(number - 1);
                }
            }

            @Override
            public void close() {
                worker.close();
            }
        };
    }

    private CheckRecord checked() {
        CheckRecord found = compacted.image().check(settings.check());
        found.warnings().forEach(warning -> LOG.warn("{}: {}", catalog.layout().name(), warning));
        return found.shortened();
    }

    /**
     * Stores pages of packs again that have become too empty, or too many. Plans again afterwards, because the pages may
     * compress to another size than expected. A take that neither stored nor dropped anything rewrites nothing.
     */
    private void rewrite(ImagePages image, Base from) throws IOException {
        List<PackUse> uses = leaves.uses();
        long before = PackUse.usedBytes(
                PackUse.of(IntStream.range(0, from.manifest().leaves().size())
                        .mapToObj(from::leaf)
                        .map(StoredLeaf::layers)
                        .toList()));
        long shrunk = Math.max(0, before - PackUse.usedBytes(uses));
        credit = from.manifest().credit();
        if (changedBytes == 0 && shrunk == 0) {
            return;
        }
        credit = RewritePlan.budget(credit, changedBytes, shrunk, PackUse.usedBytes(uses));
        RewritePlan plan = RewritePlan.of(uses, geometry.leafCount(), id, credit);
        while (!plan.packs().isEmpty()) {
            credit = Math.max(0, credit - plan.bytes());
            rewrite(image, plan.packs());
            plan = RewritePlan.of(leaves.uses(), geometry.leafCount(), id, credit);
        }
    }

    private void rewrite(ImagePages image, Set<PackName> emptied) {
        Predicate<StoredLeaf> isAffected = leaf -> leaf.layers().stream()
                .anyMatch(layer -> emptied.contains(layer.pack().name()));
        List<Integer> affected = IntStream.range(0, geometry.leafCount())
                .filter(leaf -> isAffected.test(leaves.leaf(leaf)))
                .boxed()
                .toList();
        StoredImage rest = new StoredImage() {
            @Override
            public StoredLeaf leaf(int number) {
                return leaves.leaf(number);
            }

            @Override
            public boolean isUsable(PackName pack) {
                return !emptied.contains(pack);
            }
        };
        services.takeLoop().run(affected.size(), () -> {
            SealWorker worker = new SealWorker(this, image, rest);
            return new ParallelLoop.Worker() {
                @Override
                public void step(int number) throws IOException {
                    worker.step(affected.get(number));
                }

                @Override
                public void close() {
                    worker.close();
                }
            };
        });
        packs.finish();
    }

    SnapshotCatalog catalog() {
        return catalog;
    }

    LeafTable leaves() {
        return leaves;
    }

    PackPool packs() {
        return packs;
    }

    PackUpload upload() {
        return upload;
    }

    /** Reports that a leaf was sealed. */
    void progressed(int leaf) {
        long bytes = (long) geometry.pagesIn(leaf) * geometry.pageSize();
        long done = Math.min(uploaded.done(bytes), geometry.imageBytes()); // Rewritten leaves are sealed twice.
        services.stages().progressed(Stage.SEAL, done, geometry.imageBytes());
    }

    private Manifest manifest(Instant created, Ordering ordering) {
        List<PackEntry> named = named();
        List<LeafEntry> entries = leaves.entries(named);
        ImageProbe probe = compacted.probe();
        Digest digest = ImageDigests.image(
                geometry, entries.stream().map(LeafEntry::digest).toList());
        ImageInfo image = new ImageInfo(
                geometry.pageSize(),
                geometry.pageCount(),
                probe.userVersion(),
                probe.applicationId(),
                probe.encoding(),
                compacted.captured().journalMode(),
                probe.schemaDigest().hex(),
                digest.hex());
        long stored = upload.bytes();
        ManifestHead head = new ManifestHead(
                key == null ? List.of() : List.of(ManifestHead.SEALED),
                id,
                catalog.layout().name(),
                created.truncatedTo(ChronoUnit.MILLIS),
                settings.libraryVersion(),
                compacted.captured().positions(),
                image,
                stored,
                named.stream().mapToLong(PackEntry::size).sum() - stored,
                stored - changedBytes,
                compacted.captured().unpublished(),
                ordering,
                compacted.captured().possiblyMissing(),
                compacted.notCompacted(),
                Optional.ofNullable(key).map(TakeKey::seal));
        return new Manifest(head, named, entries, credit, check, key == null ? null : key.data());
    }

    /** Returns all packs that the image uses, in the order in which they were written. */
    private List<PackEntry> named() {
        List<PackEntry> named = new ArrayList<>();
        if (base != null) {
            Set<PackEntry> used = leaves.uses().stream().map(PackUse::pack).collect(Collectors.toSet());
            base.manifest().packs().stream().filter(used::contains).forEach(named::add);
        }
        named.addAll(upload.packs());
        return named;
    }
}
