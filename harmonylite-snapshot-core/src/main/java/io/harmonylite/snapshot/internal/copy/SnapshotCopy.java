package io.harmonylite.snapshot.internal.copy;

import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.exception.IndeterminateCommitException;
import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.internal.catalog.PackFetcher;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.catalog.StoreFailures;
import io.harmonylite.snapshot.internal.concurrent.ParallelLoop;
import io.harmonylite.snapshot.internal.format.ManifestCodec;
import io.harmonylite.snapshot.internal.format.Outline;
import io.harmonylite.snapshot.internal.format.PackEntry;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.take.Commit;
import io.harmonylite.snapshot.store.ObjectExistsException;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.StoreFullException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies one snapshot at a time, and counts what it transfers. Used by one thread. */
final class SnapshotCopy {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotCopy.class);

    private final Services services;
    private final SnapshotCatalog source;
    private final SnapshotCatalog target;
    private final AtomicInteger packs = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private long bytesPresent;

    SnapshotCopy(Services services, SnapshotCatalog source, SnapshotCatalog target) {
        this.services = services;
        this.source = source;
        this.target = target;
    }

    /**
     * Copies a snapshot that the target lacks; durable and confirmed on return.
     *
     * @param info the snapshot in the source
     * @param isPinned whether to pin it in the target
     */
    void run(SnapshotInfo info, boolean isPinned, TargetListing listing) {
        Outline original = services.stages().run(Stage.SELECT, () -> source.readOutline(info.id()));
        Outline manifest = original.with(original.head().ordering().copied(listing.ordering(), info.storedAt()));
        requireFits(manifest);
        Predicate<PackEntry> isPresent = pack -> listing.has(pack.name());
        List<PackEntry> present = manifest.packs().stream().filter(isPresent).toList();
        present.forEach(listing::requireReliable);
        List<PackEntry> missing =
                manifest.packs().stream().filter(isPresent.negate()).toList();
        services.stages().run(Stage.COPY, () -> transfer(missing, listing));
        services.stages().run(Stage.COMMIT, () -> commit(manifest, isPinned, listing));
        bytesPresent += present.stream().mapToLong(PackEntry::size).sum();
    }

    /** Checks the size of the head. Takes leave room for what a copy adds. */
    private static void requireFits(Outline manifest) {
        try {
            ManifestCodec.checkFits(manifest.head());
        } catch (IllegalArgumentException e) {
            throw new SnapshotConfigurationException("the snapshot cannot be copied: " + e.getMessage(), e);
        }
    }

    private void transfer(List<PackEntry> missing, TargetListing listing) {
        long total = missing.stream().mapToLong(PackEntry::size).sum();
        AtomicLong done = new AtomicLong();
        services.loop().run(missing.size(), () -> {
            PackFetcher fetcher = new PackFetcher(source, read -> {});
            return (ParallelLoop.Worker) number -> {
                PackEntry pack = missing.get(number);
                transfer(pack, fetcher, total - done.get(), listing);
                services.stages().progressed(Stage.COPY, done.addAndGet(pack.size()), total);
            };
        });
    }

    private void transfer(PackEntry pack, PackFetcher fetcher, long left, TargetListing listing) {
        ObjectSource stored = ObjectSource.of(fetcher.fetch(pack), 0, pack.size());
        String name = target.layout().pack(pack.name());
        StoreFailures.running(() -> {
            try {
                target.store().putIfAbsent(name, stored);
                packs.incrementAndGet();
                bytes.addAndGet(pack.size());
            } catch (ObjectExistsException e) {
                listing.requireReliable(pack, target.store().stat(name)); // Stored by another copy since the listing.
            } catch (StoreFullException e) {
                throw new InsufficientSpaceException(
                        "the target is full: the rest of the snapshot needs " + left + " bytes (" + e.getMessage()
                                + "). Prune the target, or enlarge it",
                        e);
            }
        });
        listing.stored(pack.name());
    }

    private void commit(Outline manifest, boolean isPinned, TargetListing listing) {
        Commit commit = new Commit(target, listing.ordering(), listing::age);
        String pin = target.layout().pin(manifest.head().id(), services.randomName());
        try {
            if (isPinned) { // Before the manifest, so that a prune never finds the snapshot without it.
                StoreFailures.running(() -> target.store().putIfAbsent(pin, ObjectSource.of(new byte[0])));
            }
            commit.before(manifest, listing::isStored);
            commit.run(manifest);
        } catch (IndeterminateCommitException e) {
            throw e; // The snapshot may exist, and keeps its pin.
        } catch (SnapshotException e) {
            if (isPinned) {
                remove(pin);
            }
            throw e;
        }
    }

    /** Removes the pin of a snapshot that does not exist or was retired. Otherwise a sweep removes the pin. */
    private void remove(String pin) {
        try {
            StoreFailures.running(() -> target.store().delete(pin));
        } catch (SnapshotException e) {
            LOG.debug("A pin of a snapshot that was not copied remains until a sweep removes it", e);
        }
    }

    int packs() {
        return packs.get();
    }

    long bytes() {
        return bytes.get();
    }

    long bytesPresent() {
        return bytesPresent;
    }
}
