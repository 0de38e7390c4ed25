package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.IndeterminateCommitException;
import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotInProgressException;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.catalog.StoreFailures;
import io.harmonylite.snapshot.internal.catalog.StoredHead;
import io.harmonylite.snapshot.internal.format.Ordering;
import io.harmonylite.snapshot.internal.format.Outline;
import io.harmonylite.snapshot.internal.format.PackName;
import io.harmonylite.snapshot.store.IndeterminateWriteException;
import io.harmonylite.snapshot.store.ObjectExistsException;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.StoreFullException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Writes the manifest of a take or a copy, and checks before and after it that no pack was swept. A sweep on another
 * machine may take the packs of a slow take for orphans. Therefore every pack must exist at both checks, and the last pack and the manifest
 * must be stored within half the grace period after the take listed the store, by the store's own clock. A manifest that
 * fails the second check counts for no reader, and is retired at once.
 *
 * <p>The time of an object may be older than the moment at which it became visible. So the take also measures its age by
 * its own monotonic clock. If only that is too long, readers count the snapshot, and the outcome is unknown.
 */
public final class Commit {

    private final SnapshotCatalog catalog;
    private final Ordering ordering;
    private final Supplier<Duration> age;
    private boolean manifestPossible;

    /**
     * Creates the commit of one take or copy.
     *
     * @param ordering what the take's listing found
     * @param age measures the time since before that listing, by the monotonic clock
     */
    public Commit(SnapshotCatalog catalog, Ordering ordering, Supplier<Duration> age) {
        this.catalog = catalog;
        this.ordering = ordering;
        this.age = age;
    }

    /**
     * Checks the packs before the manifest is written. No manifest exists yet, so a failure leaves nothing behind.
     *
     * @param stored the packs that this take or copy stored; the times of others may be wrong
     */
    public void before(Outline manifest, Predicate<PackName> stored) {
        if (isTooOld()) {
            throw tooSlow(age.get());
        }
        try {
            Instant newest = catalog.requirePacks(manifest).stream()
                    .filter(pack ->
                            catalog.layout().packIn(pack.name()).filter(stored).isPresent())
                    .map(ObjectInfo::lastModified)
                    .max(Instant::compareTo)
                    .orElse(Instant.MIN);
            if (ordering.isOverdue(newest)) {
                throw tooSlow(sinceListing(newest));
            }
        } catch (CorruptSnapshotException e) {
            throw swept(e);
        }
    }

    /** Writes the manifest, then checks the packs again. */
    public SnapshotInfo run(Outline manifest) {
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
    private void write(Outline manifest) throws IOException {
        SnapshotId id = manifest.head().id();
        ObjectSource bytes = ObjectSource.of(manifest.encode());
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
        } catch (ObjectExistsException e) {
            manifestPossible = false;
            throw new SnapshotInProgressException(
                    "snapshot " + id
                            + " was stored by another copy at the same time; repeat to find out how that ended",
                    e);
        } catch (IOException e) {
            manifestPossible = false;
            throw e;
        }
    }

    private SnapshotInfo confirm(Outline manifest) {
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
        if (isTooOld()) {
            throw unconfirmed(id, tooSlow(age.get()));
        }
        return StoredHead.alone(manifest.head(), written);
    }

    private boolean isTooOld() {
        return age.get().compareTo(ordering.limit()) > 0;
    }

    /**
     * Returns why a written manifest must not be used; empty if it is sound. Depends only on stored objects, so that
     * every later caller gets the same answer: prune relies on that ({@code internal.prune}).
     */
    private Optional<SnapshotException> faultOf(Outline manifest, ObjectInfo written) {
        try {
            catalog.requirePacks(manifest);
            Instant stored = written.lastModified();
            return ordering.isOverdue(stored) ? Optional.of(tooSlow(sinceListing(stored))) : Optional.empty();
        } catch (CorruptSnapshotException e) {
            return Optional.of(swept(e));
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

    private Duration sinceListing(Instant instant) {
        return Duration.between(Objects.requireNonNull(ordering.listed(), "a take lists the store"), instant);
    }

    private SnapshotConfigurationException tooSlow(Duration lasted) {
        return new SnapshotConfigurationException(
                "storing the snapshot lasted " + lasted.toSeconds() + " s, more than half the grace"
                        + " period (" + ordering.limit().toSeconds()
                        + " s), so a sweep could remove its packs as orphans. Raise the grace"
                        + " period on this node and on all nodes that prune, or store faster");
    }

    private static SnapshotConfigurationException swept(CorruptSnapshotException e) {
        return new SnapshotConfigurationException(
                "packs of the snapshot are missing (" + e.getMessage()
                        + "): a sweep removed them as orphans, so its grace period is too short."
                        + " Raise it on this node and on all nodes that prune",
                e);
    }
}
