package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.PendingRecord;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotKeyException;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.catalog.SnapshotOrder;
import io.harmonylite.snapshot.internal.catalog.StoreClock;
import io.harmonylite.snapshot.internal.catalog.TakeListing;
import io.harmonylite.snapshot.internal.file.ScratchDirectory;
import io.harmonylite.snapshot.internal.format.Digest;
import io.harmonylite.snapshot.internal.format.ImageGeometry;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.format.ManifestCodec;
import io.harmonylite.snapshot.internal.format.ManifestHead;
import io.harmonylite.snapshot.internal.format.Ordering;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.runtime.Stages;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.take.Capture.Captured;
import io.harmonylite.snapshot.internal.take.Compact.Compacted;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** One take in a scratch directory: runs the stages in order. Used once. */
final class TakeRun {

    private final Services services;
    private final Stages stages;
    private final TakeSettings settings;
    private final SnapshotCatalog catalog;
    private final DatabasePath database;
    private final TakeSource source;
    private final TakeMode mode;
    private final Instant created;
    private final SnapshotId id;
    private final @Nullable TakeKey key;
    private final long started = System.nanoTime();

    TakeRun(
            Services services,
            TakeSettings settings,
            SnapshotCatalog catalog,
            DatabasePath database,
            TakeSource source,
            TakeMode mode) {
        this.services = services;
        this.stages = services.stages();
        this.settings = settings;
        this.catalog = catalog;
        this.database = database;
        this.source = source;
        this.mode = mode;
        this.created = services.clock().instant();
        this.id = SnapshotId.of(created, settings.node(), services.random().nextLong());
        this.key = TakeKey.of(catalog.keys(), catalog.layout().name(), id);
    }

    /** Returns the id of the snapshot to be taken. */
    SnapshotId id() {
        return id;
    }

    /**
     * Checks that the head of the manifest can hold these positions. Numbers that are not known yet are assumed to be
     * as long as possible, also those that a copy adds.
     *
     * @throws SnapshotConfigurationException if it cannot
     */
    void requireFits(Positions positions, PendingRecord unpublished, SortedMap<String, SequenceRange> possiblyMissing) {
        String digest = "0".repeat(2 * Digest.LENGTH);
        ImageInfo image = new ImageInfo(
                1 << 16,
                ImageGeometry.MAX_PAGE_COUNT,
                Integer.MIN_VALUE,
                Integer.MIN_VALUE,
                "UTF-16le",
                "truncate",
                digest,
                digest);
        String name = catalog.layout().name();
        try {
            ManifestCodec.checkFits(new ManifestHead(
                    key == null ? List.of() : List.of(ManifestHead.SEALED),
                    id,
                    name,
                    created,
                    settings.libraryVersion(),
                    positions,
                    image,
                    Long.MAX_VALUE,
                    Long.MAX_VALUE,
                    Long.MAX_VALUE,
                    unpublished,
                    new Ordering(Ordering.MAX_GENERATION, created, Duration.ofMillis(Ordering.MAX_GRACE), created),
                    possiblyMissing,
                    Optional.of("\uFFFD".repeat(ManifestHead.MAX_REASON)),
                    Optional.ofNullable(key).map(TakeKey::longest)));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new SnapshotConfigurationException("the positions cannot be stored: " + e.getMessage(), e);
        }
    }

    /** Takes the snapshot. In a mode that allows it, stores nothing if an identical one exists. */
    TakeResult run(ScratchDirectory scratch) {
        TakeListing listing = catalog.listForTake(new StoreClock(services, catalog), settings.grace());
        requireNoSealedSnapshot(listing);
        Capture capture = new Capture(services, settings.capture(), database, source, scratch);
        Captured captured = stages.run(Stage.CAPTURE, capture::run);
        requireFits(captured.positions(), captured.unpublished(), captured.possiblyMissing());
        stages.run(Stage.SANITIZE, () -> captured.image().sanitize(settings.sanitizer()));
        Compacted compacted =
                stages.run(Stage.COMPACT, () -> new Compact(services, settings.compaction()).run(captured, scratch));
        return store(compacted, listing.ordering(), base(listing, compacted));
    }

    /** Rejects a take that would store in plain what the node before sealed, because a key was forgotten. */
    private void requireNoSealedSnapshot(TakeListing listing) {
        Optional<String> sealed =
                SnapshotOrder.latest(listing.snapshots().snapshots()).flatMap(SnapshotInfo::key);
        if (key == null && sealed.isPresent()) {
            throw new SnapshotKeyException(
                    "the latest snapshot of " + catalog.layout().name() + " is sealed with key " + sealed.get()
                            + ", and this take has no keys; configure them, or retire the sealed snapshots",
                    sealed.get());
        }
    }

    private @Nullable Base base(TakeListing listing, Compacted compacted) {
        return mode == TakeMode.FULL
                ? null
                : new BaseChoice(catalog)
                        .run(
                                listing,
                                catalog.marked(),
                                compacted.probe().geometry().pageSize())
                        .orElse(null);
    }

    private TakeResult store(Compacted compacted, Ordering ordering, @Nullable Base base) {
        Commit commit = new Commit(catalog, ordering, this::age);
        UploadedPacks uploaded = new UploadedPacks();
        try {
            Seal seal = new Seal(services, settings, catalog, id, compacted, base, key, uploaded);
            Manifest manifest = stages.run(Stage.SEAL, () -> seal.run(created, ordering));
            if (mode == TakeMode.UNLESS_UNCHANGED && base != null && base.isLike(manifest.head())) {
                return new TakeResult(base.info(), TakeResult.Novelty.UNCHANGED);
            }
            return new TakeResult(
                    stages.run(Stage.COMMIT, () -> {
                        commit.before(manifest, pack -> pack.writer().equals(id));
                        return commit.run(manifest);
                    }),
                    TakeResult.Novelty.TAKEN);
        } catch (RuntimeException | Error e) {
            if (!commit.isManifestPossible()) {
                uploaded.abort(catalog.store(), e);
            }
            throw e;
        }
    }

    /** Returns the time since this take began, before its listing, by the monotonic clock. */
    private Duration age() {
        return Duration.ofNanos(System.nanoTime() - started);
    }
}
