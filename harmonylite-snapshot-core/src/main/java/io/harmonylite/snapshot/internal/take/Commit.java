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
import java.util.List;
import java.util.Optional;

/**
 * Writes the manifest. A sweeper on another machine may have taken the packs of a slow take for orphans: so before and
 * after the manifest is written every pack must be there, and the store's own clock must say that the packs are younger
 * than half the grace period. A manifest that fails the second look is retired at once.
 */
final class Commit {

    private final SnapshotCatalog catalog;
    private final Duration limit;
    private boolean manifestPossible;

    Commit(SnapshotCatalog catalog, Duration grace) {
        this.catalog = catalog;
        this.limit = grace.dividedBy(2);
    }

    /** Looks before the manifest is written: nothing exists yet, so a failure leaves nothing behind. */
    void before(Manifest manifest, UploadedPacks uploaded) {
        if (uploaded.age().compareTo(limit) > 0) {
            throw tooSlow(uploaded.age());
        }
        requirePacks(manifest);
    }

    /** Writes the manifest, and looks again. */
    SnapshotInfo run(Manifest manifest) {
        StoreFailures.running(() -> write(manifest));
        return confirm(manifest);
    }

    /** Whether the manifest is there, or may be: as long as it is not, everything can be taken back. */
    boolean isManifestPossible() {
        return manifestPossible;
    }

    /** What fails without saying that the outcome is unknown has left nothing that is visible, nor will be (S4). */
    private void write(Manifest manifest) throws IOException {
        SnapshotId id = manifest.head().id();
        ObjectSource bytes = ObjectSource.of(ManifestCodec.encode(manifest));
        manifestPossible = true;
        try {
            catalog.store().putIfAbsent(catalog.layout().manifest(id), bytes);
        } catch (IndeterminateWriteException e) {
            throw new IndeterminateCommitException(
                    "it is not known whether snapshot " + id + " was committed; list the store to find out: "
                            + e.getMessage(),
                    e);
        } catch (StoreFullException e) {
            manifestPossible = false;
            throw new InsufficientSpaceException(
                    "the store is full: the manifest needs " + bytes.length()
                            + " bytes. Prune, or give the store more room: " + e.getMessage(),
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

    /** Says the same to everybody who asks, now or later: a prune relies on that ({@code internal.prune}). */
    private Optional<SnapshotException> faultOf(Manifest manifest, ObjectInfo written) {
        try {
            Duration age = Duration.between(oldest(catalog.requirePacks(manifest)), written.lastModified());
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
                    "snapshot " + id + " was written, but must not be used (" + reason.getMessage()
                            + "), and it could not be retired; retire it by its id",
                    e);
        }
    }

    private static IndeterminateCommitException unconfirmed(SnapshotId id, SnapshotException reason) {
        return new IndeterminateCommitException(
                "snapshot " + id + " was written, but could not be confirmed (" + reason.getMessage()
                        + "); verify it before it is used",
                reason);
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

    private static SnapshotConfigurationException swept(CorruptSnapshotException e) {
        return new SnapshotConfigurationException(
                "packs of the take are gone (" + e.getMessage()
                        + "): a sweep took them for orphans, so its grace period is"
                        + " too short for this take. Raise it here and wherever the store is pruned",
                e);
    }
}
