package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.exception.IndeterminateCommitException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.catalog.StoreFailures;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.format.ManifestCodec;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Writes the manifest. A sweeper on another machine may have taken the packs of a slow take for orphans: so before and
 * after the manifest is written every pack must be there, and the store's own clock must say that the packs are younger
 * than half the grace period. A manifest that fails the second look is retired at once.
 */
final class Commit {

    private final SnapshotCatalog catalog;
    private final Duration limit;

    Commit(SnapshotCatalog catalog, Duration grace) {
        this.catalog = catalog;
        this.limit = grace.dividedBy(2);
    }

    /** Looks before the manifest is written: nothing exists yet, so a failure leaves nothing behind. */
    void before(Manifest manifest, UploadedPacks uploaded) {
        if (uploaded.age().compareTo(limit) > 0) {
            throw tooSlow(uploaded.age());
        }
        catalog.requirePacks(manifest);
    }

    /** Writes the manifest, and looks again. */
    SnapshotInfo run(Manifest manifest) {
        SnapshotId id = manifest.head().id();
        SnapshotStore store = catalog.store();
        return StoreFailures.calling(() -> {
            store.putIfAbsent(catalog.layout().manifest(id), ObjectSource.of(ManifestCodec.encode(manifest)));
            return confirm(manifest);
        });
    }

    private SnapshotInfo confirm(Manifest manifest) {
        SnapshotId id = manifest.head().id();
        try {
            ObjectInfo written = StoreFailures.calling(
                    () -> catalog.store().stat(catalog.layout().manifest(id)));
            List<ObjectInfo> packs = catalog.requirePacks(manifest);
            Duration age = Duration.between(oldest(packs), written.lastModified());
            if (age.compareTo(limit) > 0) {
                throw tooSlow(age);
            }
            return manifest.head().info(written.lastModified());
        } catch (SnapshotException e) {
            retire(id, e);
            throw e;
        }
    }

    private void retire(SnapshotId id, SnapshotException reason) {
        try {
            StoreFailures.running(
                    () -> catalog.store().putIfAbsent(catalog.layout().retired(id), ObjectSource.of(new byte[0])));
        } catch (SnapshotException e) {
            e.addSuppressed(reason);
            throw new IndeterminateCommitException(
                    "snapshot " + id + " was written, but its packs could not be confirmed (" + reason.getMessage()
                            + ") and it could not be retired; verify it before it is used",
                    e);
        }
    }

    private static Instant oldest(List<ObjectInfo> packs) {
        return packs.stream()
                .map(ObjectInfo::lastModified)
                .min(Instant::compareTo)
                .orElseThrow();
    }

    private SnapshotConfigurationException tooSlow(Duration age) {
        return new SnapshotConfigurationException("the take lasted " + age.toSeconds() + " s; more than half the grace"
                + " period (" + limit.toSeconds() + " s) is not safe, because a sweep could take its packs for orphans."
                + " Raise the grace period here and wherever the store is pruned, or speed the take up");
    }
}
