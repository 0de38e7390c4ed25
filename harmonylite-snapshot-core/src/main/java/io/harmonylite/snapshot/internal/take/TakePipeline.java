package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.internal.base.ExceptionAccess;
import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.PendingRecord;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.file.ScratchDirectory;
import io.harmonylite.snapshot.internal.format.Digest;
import io.harmonylite.snapshot.internal.format.ImageGeometry;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.format.ManifestCodec;
import io.harmonylite.snapshot.internal.format.ManifestHead;
import io.harmonylite.snapshot.internal.runtime.LocalFailures;
import io.harmonylite.snapshot.internal.runtime.Scratch;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.runtime.Stages;
import io.harmonylite.snapshot.internal.sequence.MapControl;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.take.Capture.Captured;
import io.harmonylite.snapshot.internal.take.Compact.Compacted;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Takes snapshots of databases. Callers run one take at a time. */
public final class TakePipeline {

    private static final Instant LATE = Instant.parse("2262-01-01T00:00:00Z");

    private final Services services;
    private final TakeSettings settings;
    private final SnapshotCatalog catalog;

    /** Creates a pipeline that stores into a catalog's store. */
    public TakePipeline(Services services, TakeSettings settings, SnapshotCatalog catalog) {
        this.services = services;
        this.settings = settings;
        this.catalog = catalog;
    }

    /** Takes a snapshot of a database. Committed and durable on return. */
    public SnapshotInfo run(DatabasePath database, TakeSource source) {
        return run(database, source, List.of()).snapshot();
    }

    /**
     * Takes a snapshot like {@link #run(DatabasePath, TakeSource)}, unless one of the given snapshots is identical to
     * it. That is decided before anything is uploaded.
     */
    public TakeResult run(DatabasePath database, TakeSource source, List<SnapshotInfo> others) {
        Instant created = services.clock().instant();
        SnapshotId id =
                SnapshotId.of(created, settings.node(), services.random().nextLong());
        checkFits(id, created, longest(source), PendingRecord.none());
        try {
            return Scratch.use(
                    services.files(),
                    database,
                    settings.scratchParent(),
                    scratch -> take(database, source, others, id, created, scratch));
        } catch (IOException e) {
            throw LocalFailures.translate(e);
        } catch (SnapshotException e) {
            ExceptionAccess.setSnapshot(e, id);
            throw e;
        }
    }

    /**
     * Returns positions that need at least as much room as those at capture, as long as no stream is added until then.
     */
    private static Positions longest(TakeSource source) {
        MapControl map = source.map();
        if (map == null) {
            return source.given();
        }
        Positions longest = Positions.none();
        for (String stream : map.read().positions().byStream().keySet()) {
            longest = longest.with(stream, new StreamPosition(Long.MAX_VALUE, LATE, LATE));
        }
        return longest;
    }

    /**
     * Checks that the manifest's head will fit, before anything is copied. Numbers that are not known yet are assumed
     * to have their maximum length.
     */
    private void checkFits(SnapshotId id, Instant created, Positions positions, PendingRecord unpublished) {
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
                    List.of(),
                    id,
                    name,
                    created,
                    settings.libraryVersion(),
                    positions,
                    image,
                    Long.MAX_VALUE,
                    unpublished));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new SnapshotConfigurationException("the positions cannot be stored: " + e.getMessage(), e);
        }
    }

    private TakeResult take(
            DatabasePath database,
            TakeSource source,
            List<SnapshotInfo> others,
            SnapshotId id,
            Instant created,
            ScratchDirectory scratch) {
        Stages stages = services.stages();
        Captured captured = stages.run(
                Stage.CAPTURE, () -> new Capture(services, settings.capture()).run(database, source, scratch));
        checkFits(id, created, captured.positions(), captured.unpublished());
        stages.run(Stage.SANITIZE, () -> captured.image().sanitize(settings.sanitizer()));
        Compacted compacted =
                stages.run(Stage.COMPACT, () -> new Compact(services, settings.compaction()).run(captured, scratch));
        Optional<SnapshotInfo> identical = new Comparison(services, catalog).find(compacted, others);
        if (identical.isPresent()) {
            return new TakeResult(identical.get(), TakeResult.Novelty.UNCHANGED);
        }
        return new TakeResult(store(compacted, id, created), TakeResult.Novelty.TAKEN);
    }

    private SnapshotInfo store(Compacted compacted, SnapshotId id, Instant created) {
        Commit commit = new Commit(catalog, settings.grace());
        UploadedPacks uploaded = new UploadedPacks();
        try {
            Manifest manifest = seal(compacted, id, created, commit, uploaded);
            return services.stages().run(Stage.COMMIT, () -> commit.run(manifest));
        } catch (RuntimeException | Error e) {
            if (!commit.isManifestPossible()) {
                uploaded.abort(catalog.store(), e);
            }
            throw e;
        }
    }

    private Manifest seal(Compacted compacted, SnapshotId id, Instant created, Commit commit, UploadedPacks uploaded) {
        return services.stages().run(Stage.SEAL, () -> {
            Manifest manifest = new Seal(services, settings, catalog).run(compacted, id, created, uploaded);
            commit.before(manifest, uploaded);
            return manifest;
        });
    }
}
