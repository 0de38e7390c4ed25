package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.RestoreReport;
import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.catalog.StoreFailures;
import io.harmonylite.snapshot.internal.file.ScratchDirectory;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.runtime.LocalFailures;
import io.harmonylite.snapshot.internal.runtime.Scratch;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.runtime.Stages;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.PrivateImage;
import io.harmonylite.snapshot.internal.sqlite.RestoreLock;
import io.harmonylite.snapshot.internal.sqlite.SoundnessCheck;
import io.harmonylite.snapshot.internal.sqlite.SwapInstall;
import io.harmonylite.snapshot.internal.sqlite.TargetProbe;
import io.harmonylite.snapshot.store.ObjectInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Restores one snapshot onto a path. The old database is untouched until the new one is staged, verified and durable. */
public final class RestorePipeline {

    private static final Logger LOG = LoggerFactory.getLogger(RestorePipeline.class);

    private final Services services;
    private final SnapshotCatalog catalog;

    /** A pipeline out of a catalog's store. */
    public RestorePipeline(Services services, SnapshotCatalog catalog) {
        this.services = services;
        this.catalog = catalog;
    }

    /** Restores what is asked for; installed and durable on return. */
    public RestoreReport run(RestoreRequest request, DatabasePath target) {
        long start = System.nanoTime();
        TreeMap<SnapshotId, SnapshotException> passedOver = new TreeMap<>();
        List<SnapshotId> candidates = services.stages().run(Stage.SELECT, () -> new Select(catalog).run(request));
        String restoreId = services.randomName();
        for (SnapshotId candidate : candidates) {
            try {
                SnapshotInfo restored = restore(candidate, request, target, restoreId);
                Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
                return new RestoreReport(restored, target.file(), restoreId, passedOver, elapsed);
            } catch (CorruptSnapshotException e) {
                LOG.warn("Snapshot {} cannot be restored: {}", candidate, e.getMessage()); // The caller gets all of it.
                passedOver.put(candidate, e);
            }
        }
        throw allDamaged(passedOver);
    }

    private static SnapshotException allDamaged(SortedMap<SnapshotId, SnapshotException> passedOver) {
        SnapshotException last = Objects.requireNonNull(passedOver.get(passedOver.lastKey()), "a map knows its keys");
        passedOver.headMap(passedOver.lastKey()).values().forEach(last::addSuppressed);
        return last;
    }

    private SnapshotInfo restore(SnapshotId id, RestoreRequest request, DatabasePath target, String restoreId) {
        try (RestoreLock lock = RestoreLock.acquire(services.files(), target, services.connector())) {
            return Scratch.use(
                    services.files(), target, null, scratch -> restore(id, request, target, restoreId, lock, scratch));
        } catch (IOException e) {
            throw LocalFailures.translate(e);
        } catch (SnapshotException e) {
            e.about(id);
            throw e;
        }
    }

    private SnapshotInfo restore(
            SnapshotId id,
            RestoreRequest request,
            DatabasePath target,
            String restoreId,
            RestoreLock lock,
            ScratchDirectory scratch) {
        Stages stages = services.stages();
        Manifest manifest = stages.run(Stage.SELECT, () -> catalog.read(id));
        String ofSnapshot = manifest.head().image().journalMode();
        String journalMode =
                stages.run(Stage.SELECT, () -> TargetProbe.journalMode(target, services.connector(), ofSnapshot));
        Path staged = scratch.resolve("staged.db");
        PrivateImage image = new PrivateImage(staged, services.connector());
        stages.run(Stage.FETCH, () -> new Fetch(services, catalog).toFile(manifest, staged));
        stages.run(Stage.VERIFY, () -> new ImageVerify(SoundnessCheck.QUICK).run(image, manifest));
        stages.run(Stage.STAGE, () -> new Edits(services).run(image, manifest, restoreId, request.edit(), journalMode));
        SnapshotInfo info = info(manifest);
        stages.run(
                Stage.INSTALL,
                () -> new SwapInstall(services.files(), services.connector(), target, lock, restoreId).install(staged));
        return info;
    }

    private SnapshotInfo info(Manifest manifest) {
        String name = catalog.layout().manifest(manifest.head().id());
        ObjectInfo stored = StoreFailures.calling(() -> catalog.store().stat(name));
        return manifest.head().info(stored.lastModified());
    }
}
