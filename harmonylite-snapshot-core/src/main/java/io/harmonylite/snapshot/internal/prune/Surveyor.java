package io.harmonylite.snapshot.internal.prune;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.exception.StoreUnavailableException;
import io.harmonylite.snapshot.exception.UnsupportedFormatException;
import io.harmonylite.snapshot.internal.catalog.ProofMarker;
import io.harmonylite.snapshot.internal.catalog.Proofs;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.catalog.StoreClock;
import io.harmonylite.snapshot.internal.catalog.StoreLayout;
import io.harmonylite.snapshot.internal.catalog.StoredHead;
import io.harmonylite.snapshot.internal.concurrent.Interruption;
import io.harmonylite.snapshot.internal.format.Outline;
import io.harmonylite.snapshot.internal.format.PackEntry;
import io.harmonylite.snapshot.internal.format.PackName;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.store.ObjectInfo;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Reads a store in the only safe order: time, packs, markers, pins and proofs, manifests; manifests that are not
 * listed, but whose packs would be removed, by name. So a pack that no manifest names was named by none when it was old
 * enough to be removed.
 */
final class Surveyor {

    private static final int LOOKS = 4;

    private final Services services;
    private final SnapshotCatalog catalog;
    private final Duration grace;

    Surveyor(Services services, SnapshotCatalog catalog, Duration grace) {
        this.services = services;
        this.catalog = catalog;
        this.grace = grace;
    }

    Survey run() throws IOException {
        StoreLayout layout = catalog.layout();
        Instant now = new StoreClock(services, catalog).now();
        Map<PackName, ObjectInfo> packs = new HashMap<>();
        list(layout.packs()).forEach(pack -> layout.packIn(pack.name()).ifPresent(name -> packs.put(name, pack)));
        List<ObjectInfo> clocks = new ArrayList<>(list(layout.clocks()));
        Interruption.check();
        Map<PackName, ObjectInfo> damaged = catalog.damagedPacks();
        damaged.forEach((pack, marker) -> {
            ObjectInfo object = packs.get(pack);
            if (object == null || !SnapshotCatalog.isMarked(object, marker)) {
                clocks.add(marker);
            }
        });
        Map<SnapshotId, ObjectInfo> markers = byId(layout.retired());
        Map<SnapshotId, List<ObjectInfo>> pins = new HashMap<>();
        for (ObjectInfo pin : list(layout.pins())) {
            layout.pinnedBy(pin.name())
                    .ifPresent(id ->
                            pins.computeIfAbsent(id, any -> new ArrayList<>()).add(pin));
        }
        Interruption.check();
        Map<SnapshotId, List<ProofMarker>> proofs =
                new Proofs(catalog).markers().stream().collect(Collectors.groupingBy(ProofMarker::snapshot));
        SortedMap<SnapshotId, FoundManifest> found = manifests(packs, damaged);
        Instant end = end(now, found.values());
        found.replaceAll((id, manifest) -> manifest.at(end));
        Survey survey = new Survey(now, packs, clocks, markers, pins, proofs, found, end);
        return survey.including(new SecondLook(catalog, grace).at(survey));
    }

    /** Returns a time of the store that no manifest with a right time exceeds, even one stored since the first. */
    private Instant end(Instant now, Collection<FoundManifest> found) throws IOException {
        boolean isAnyLater = found.stream()
                .anyMatch(manifest ->
                        manifest.head().filter(head -> head.isAfter(now)).isPresent());
        return isAnyLater ? new StoreClock(services, catalog).now() : now;
    }

    private List<ObjectInfo> list(String folder) throws IOException {
        Interruption.check();
        return catalog.store().list(folder);
    }

    private SortedMap<SnapshotId, ObjectInfo> byId(String folder) throws IOException {
        TreeMap<SnapshotId, ObjectInfo> found = new TreeMap<>();
        for (ObjectInfo object : list(folder)) {
            StoreLayout.idIn(object.name(), folder).ifPresent(id -> found.put(id, object));
        }
        return found;
    }

    /**
     * Reads all manifests. Lists them again if one disappears before it is read: a later snapshot, which the listing lacks,
     * may need its packs.
     */
    private SortedMap<SnapshotId, FoundManifest> manifests(
            Map<PackName, ObjectInfo> packs, Map<PackName, ObjectInfo> damaged) throws IOException {
        for (int looks = 1; ; looks++) {
            try {
                TreeMap<SnapshotId, FoundManifest> found = new TreeMap<>();
                byId(catalog.layout().manifests()).forEach((id, object) -> {
                    Interruption.check();
                    found.put(id, read(id, object, packs, damaged));
                });
                return found;
            } catch (SnapshotNotFoundException e) {
                if (looks == LOOKS) {
                    throw new StoreUnavailableException(
                            "manifests disappear while they are read, so nothing was removed; prune again later", e);
                }
            }
        }
    }

    private FoundManifest read(
            SnapshotId id, ObjectInfo object, Map<PackName, ObjectInfo> packs, Map<PackName, ObjectInfo> damaged) {
        try {
            return judged(id, object, catalog.readOutline(id, object), packs, damaged);
        } catch (UnsupportedFormatException e) {
            return unsupported(id, object, e);
        } catch (CorruptSnapshotException e) {
            return unreadable(id, object, e);
        }
    }

    private FoundManifest unsupported(SnapshotId id, ObjectInfo object, UnsupportedFormatException e) {
        try {
            Set<PackName> named = Set.copyOf(catalog.packsOf(id, object));
            StoredHead head = new StoredHead(catalog.readHead(id, object), object, Instant.MIN);
            return new FoundManifest(id, object, Optional.of(head), ManifestStatus.UNSUPPORTED, named, Optional.of(e));
        } catch (UnsupportedFormatException | CorruptSnapshotException worse) {
            return unreadable(id, object, worse);
        }
    }

    private static FoundManifest unreadable(SnapshotId id, ObjectInfo object, SnapshotException problem) {
        return new FoundManifest(
                id, object, Optional.empty(), ManifestStatus.UNREADABLE, Set.of(), Optional.of(problem));
    }

    private FoundManifest judged(
            SnapshotId id,
            ObjectInfo object,
            Outline manifest,
            Map<PackName, ObjectInfo> packs,
            Map<PackName, ObjectInfo> damaged) {
        Set<PackName> named = new HashSet<>();
        manifest.packs().forEach(pack -> named.add(pack.name()));
        StoredHead head = new StoredHead(manifest.head(), object, Instant.MIN);
        ManifestStatus standing = ManifestStatus.INCOMPLETE;
        Optional<SnapshotException> problem = Optional.empty();
        try {
            Map<PackName, Instant> times = new HashMap<>();
            packsOf(manifest, packs, damaged)
                    .forEach(pack -> catalog.layout()
                            .packIn(pack.name())
                            .ifPresent(name -> times.put(name, pack.lastModified())));
            head = head.withPacks(times.keySet(), times::get);
            standing = ManifestStatus.SOUND;
        } catch (CorruptSnapshotException e) {
            problem = Optional.of(e);
        }
        return new FoundManifest(id, object, Optional.of(head), standing, named, problem);
    }

    /** Returns the packs of a manifest; reads them again if one is missing, because it may be of a later snapshot. */
    private List<ObjectInfo> packsOf(
            Outline manifest, Map<PackName, ObjectInfo> packs, Map<PackName, ObjectInfo> damaged) {
        List<ObjectInfo> found = new ArrayList<>();
        for (PackEntry pack : manifest.packs()) {
            ObjectInfo object = packs.get(pack.name());
            if (object == null || object.size() != pack.size()) {
                return catalog.requirePacks(manifest);
            }
            if (SnapshotCatalog.isMarked(object, damaged.get(pack.name()))) {
                throw new CorruptSnapshotException("pack " + pack.name() + " was found damaged by a verification");
            }
            found.add(object);
        }
        return found;
    }
}
