package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.IndeterminateCommitException;
import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.catalog.StoreFailures;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.format.ManifestCodec;
import io.harmonylite.snapshot.store.IndeterminateWriteException;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.StoreFullException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Writes the manifest, and checks before and after it that no pack was swept. A sweep on another machine may take the
 * packs of a slow take for orphans. Therefore every pack must exist at both checks, and the packs must be younger than
 * half the grace period by the store's own clock. A manifest that fails the second check is retired at once.
 */
final class Commit {

    private final SnapshotCatalog catalog;
    private final Duration limit;
    private boolean manifestPossible;

    Commit(SnapshotCatalog catalog, Duration grace) {
        this.catalog = catalog;
        this.limit = grace.dividedBy(2);
    }

    /** Checks the packs before the manifest is written. No manifest exists yet, so a failure leaves nothing behind. */
    void before(Manifest manifest, UploadedPacks uploaded) {
        if (uploaded.age().compareTo(limit) > 0) {
            throw tooSlow(uploaded.age());
        }
        requirePacks(manifest);
    }

    /** Writes the manifest, then checks the packs again. */
    SnapshotInfo run(Manifest manifest) {
        StoreFailures.running(() -> write(manifest));
        return confirm(manifest);
    }

    /** Returns whether the manifest exists or may exist. Until then the whole take can be undone. */
    boolean isManifestPossible() {
        return manifestPossible;
    }

    /**
     * Writes the manifest. A put that fails without reporting an unknown outcome leaves nothing visible, now or later
     * (store obligation S4).
     */
    private void write(Manifest manifest) throws IOException {
        SnapshotId id = manifest.head().id();
        ObjectSource bytes = ObjectSource.of(ManifestCodec.encode(manifest));
        manifestPossible = true;
        try {
            catalog.store().putIfAbsent(catalog.layout().manifest(id), bytes);
        } catch (IndeterminateWriteException e) {
            throw new IndeterminateCommitException(
                    "it is unknown whether snapshot " + id + " was committed (" + e.getMessage()
                            + "); list the store to find out",
                    e);
        } catch (StoreFullException e) {
            manifestPossible = false;
            throw new InsufficientSpaceException(
                    "the store is full: the manifest needs " + bytes.length() + " bytes (" + e.getMessage()
                            + "). Prune, or enlarge the store",
                    e);
        } catch (IOException e) {
            manifestPossible = false;
            throw e;
        }
    }

    private SnapshotInfo confirm(Manifest manifest) {
        SnapshotId id = manifest.head().id();
        ObjectInfo written;
        Optional<SnapshotException> fault;
        try {
            written = StoreFailures.calling(
                    () -> catalog.store().stat(catalog.layout().manifest(id)));
            fault = faultOf(manifest, written);
        } catch (SnapshotException e) {
            throw unconfirmed(id, e);
        }
        if (fault.isPresent()) {
            retire(id, fault.get());
            throw fault.get();
        }
        return manifest.head().info(written.lastModified());
    }

    /**
     * Returns why a written manifest must not be used; empty if it is sound. Depends only on stored objects, so that
     * every later caller gets the same answer: prune relies on that ({@code internal.prune}).
     */
    private Optional<SnapshotException> faultOf(Manifest manifest, ObjectInfo written) {
        try {
            Duration age = Duration.between(oldest(manifest, written), written.lastModified());
            return age.compareTo(limit) > 0 ? Optional.of(tooSlow(age)) : Optional.empty();
        } catch (CorruptSnapshotException e) {
            return Optional.of(swept(e));
        }
    }

    private void requirePacks(Manifest manifest) {
        try {
            catalog.requirePacks(manifest);
        } catch (CorruptSnapshotException e) {
            throw swept(e);
        }
    }

    private void retire(SnapshotId id, SnapshotException reason) {
        try {
            StoreFailures.running(
                    () -> catalog.store().putIfAbsent(catalog.layout().retired(id), ObjectSource.of(new byte[0])));
        } catch (SnapshotException e) {
            e.addSuppressed(reason);
            throw new IndeterminateCommitException(
                    "snapshot " + id + " was written but is not safe to use (" + reason.getMessage()
                            + "), and retiring it failed; retire it by its id",
                    e);
        }
    }

    private static IndeterminateCommitException unconfirmed(SnapshotId id, SnapshotException reason) {
        return new IndeterminateCommitException(
                "snapshot " + id + " was written but could not be confirmed (" + reason.getMessage()
                        + "); verify it before use",
                reason);
    }

    /** Returns the time of the oldest pack that this take stored, or of the manifest if it stored none. */
    private Instant oldest(Manifest manifest, ObjectInfo written) {
        String own = catalog.layout().packsOf(manifest.head().id());
        return catalog.requirePacks(manifest).stream()
                .filter(pack -> pack.name().startsWith(own))
                .map(ObjectInfo::lastModified)
                .min(Instant::compareTo)
                .orElse(written.lastModified());
    }

    private SnapshotConfigurationException tooSlow(Duration age) {
        return new SnapshotConfigurationException("the take lasted " + age.toSeconds() + " s, more than half the grace"
                + " period (" + limit.toSeconds() + " s), so a sweep could remove its packs as orphans. Raise the grace"
                + " period on this node and on all nodes that prune, or speed up the take");
    }

    private static SnapshotConfigurationException swept(CorruptSnapshotException e) {
        return new SnapshotConfigurationException(
                "packs of the take are missing (" + e.getMessage()
                        + "): a sweep removed them as orphans, so its grace period is too short for this take."
                        + " Raise it on this node and on all nodes that prune",
                e);
    }
}
