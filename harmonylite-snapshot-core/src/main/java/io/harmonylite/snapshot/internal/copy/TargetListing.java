package io.harmonylite.snapshot.internal.copy;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotListing;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.exception.UnsupportedFormatException;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.catalog.SnapshotOrder;
import io.harmonylite.snapshot.internal.catalog.StoreClock;
import io.harmonylite.snapshot.internal.catalog.TakeListing;
import io.harmonylite.snapshot.internal.format.Ordering;
import io.harmonylite.snapshot.internal.format.Outline;
import io.harmonylite.snapshot.internal.format.PackEntry;
import io.harmonylite.snapshot.internal.format.PackName;
import io.harmonylite.snapshot.store.ObjectInfo;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a copy found in its target: the time first, then snapshots, then markers and packs. Decides which packs the copy
 * may rely on. Thread-safe.
 */
final class TargetListing {

    private static final Logger LOG = LoggerFactory.getLogger(TargetListing.class);

    private final SnapshotCatalog target;
    private final long started = System.nanoTime();
    private final Ordering ordering;
    private final SnapshotListing snapshots;
    private final Set<SnapshotId> counted = new HashSet<>();
    private final Set<SnapshotId> marked;
    private final Map<PackName, ObjectInfo> packs;
    private final Set<PackName> stored = ConcurrentHashMap.newKeySet();
    private final Map<PackName, ObjectInfo> damaged;
    private final Deque<SnapshotId> unread = new ArrayDeque<>();
    private final Set<PackName> needed = new HashSet<>();

    TargetListing(SnapshotCatalog target, StoreClock clock, Duration grace) throws IOException {
        this.target = target;
        TakeListing listing = target.listForTake(clock, grace);
        this.ordering = listing.ordering();
        this.snapshots = listing.snapshots();
        this.marked = target.marked();
        this.packs = byName(target.layout().packs());
        this.damaged = target.damagedPacks();
        SnapshotOrder.latestFirst(snapshots.snapshots()).forEach(snapshot -> {
            counted.add(snapshot.id());
            if (!marked.contains(snapshot.id())) {
                unread.add(snapshot.id());
            }
        });
    }

    private Map<PackName, ObjectInfo> byName(String folder) throws IOException {
        Map<PackName, ObjectInfo> found = new HashMap<>();
        for (ObjectInfo object : target.store().list(folder)) {
            PackName.parse(object.name().substring(folder.length())).ifPresent(name -> found.put(name, object));
        }
        return found;
    }

    /** Returns the time within which a copy must store its manifest, and the grace period. */
    Ordering ordering() {
        return ordering;
    }

    /** Returns the time since before this listing, by the monotonic clock. */
    Duration age() {
        return Duration.ofNanos(System.nanoTime() - started);
    }

    /** Returns whether less than half of the time is left. */
    boolean isOld() {
        return age().compareTo(ordering.limit().dividedBy(2)) > 0;
    }

    /** Returns whether the target has a snapshot, and it counts. */
    boolean counts(SnapshotId id) {
        return counted.contains(id);
    }

    /** Returns whether a snapshot was retired in the target, and its marker still exists. */
    boolean isRetired(SnapshotId id) {
        return marked.contains(id);
    }

    /** Rejects a snapshot that the target has, but that does not count there. */
    void requireAbsent(SnapshotId id) {
        if (snapshots.unreadable().containsKey(id)) {
            throw new SnapshotConfigurationException(
                    "the target has snapshot " + id
                            + ", but it cannot be read there; retire it there by its id, and prune",
                    snapshots.unreadable().get(id));
        }
        if (snapshots.doubts().containsKey(id)) {
            throw new SnapshotConfigurationException("the target has snapshot " + id + ", but "
                    + snapshots.doubts().get(id) + "; retire it there by its id, and prune");
        }
    }

    /** Returns whether the target has a pack. */
    boolean has(PackName pack) {
        return packs.containsKey(pack) || isStored(pack);
    }

    /** Returns whether a pack was stored since this listing. */
    boolean isStored(PackName pack) {
        return stored.contains(pack);
    }

    /**
     * Rejects a pack that the target has if it is damaged, or if a sweep may remove it before the copy is over.
     *
     * @throws SnapshotConfigurationException if the copy must not rely on it
     */
    void requireReliable(PackEntry pack) {
        ObjectInfo object = packs.get(pack.name());
        if (object != null) {
            requireReliable(pack, object);
        }
    }

    /** Checks a pack that was stored in the target since the listing. */
    void requireReliable(PackEntry pack, ObjectInfo object) {
        if (object.size() != pack.size() || SnapshotCatalog.isMarked(object, damaged.get(pack.name()))) {
            throw new SnapshotConfigurationException("pack " + pack.name()
                    + " is damaged in the target, so no snapshot that needs it can be copied there. Retire the snapshots"
                    + " there that need it, which a verification names, and prune");
        }
        Instant oldest = Objects.requireNonNull(ordering.listed(), "the copy lists the target")
                .minus(ordering.limit());
        if (object.lastModified().isBefore(oldest) && !isNeeded(pack.name())) {
            throw new SnapshotConfigurationException("pack " + pack.name()
                    + " is left in the target from " + object.lastModified()
                    + ", and a prune may remove it at any time, because no snapshot in use there needs it for "
                    + ordering.grace() + ". Prune the target after "
                    + object.lastModified().plus(ordering.grace()) + ", and copy again");
        }
    }

    /** Reads manifests, the latest first, until one names the pack. */
    private synchronized boolean isNeeded(PackName pack) {
        while (!needed.contains(pack) && !unread.isEmpty()) {
            SnapshotId id = unread.remove();
            try {
                Outline manifest = target.readOutline(id);
                if (manifest.head().ordering().grace().compareTo(ordering.grace()) >= 0) {
                    manifest.packs().forEach(each -> needed.add(each.name()));
                }
            } catch (CorruptSnapshotException | SnapshotNotFoundException | UnsupportedFormatException e) {
                LOG.debug("The copy does not rely on packs of snapshot {}, which cannot be read", id, e);
            }
        }
        return needed.contains(pack);
    }

    /** Records a pack that was stored since this listing. */
    void stored(PackName pack) {
        stored.add(pack);
    }
}
