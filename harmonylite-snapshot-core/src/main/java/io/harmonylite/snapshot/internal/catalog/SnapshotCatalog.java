package io.harmonylite.snapshot.internal.catalog;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotListing;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.exception.UnsupportedFormatException;
import io.harmonylite.snapshot.internal.concurrent.Throttle;
import io.harmonylite.snapshot.internal.format.MalformedException;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.format.ManifestCodec;
import io.harmonylite.snapshot.internal.format.ManifestHead;
import io.harmonylite.snapshot.internal.format.PackEntry;
import io.harmonylite.snapshot.internal.format.PackName;
import io.harmonylite.snapshot.store.NoSuchObjectException;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the manifests of one name in a store. Immutable and thread-safe; sees what the store holds at each call. */
public final class SnapshotCatalog {

    /** So often the list is read at most, where each time a manifest goes before it was read. */
    private static final int LOOKS = 4;

    private final SnapshotStore store;
    private final StoreLayout layout;

    /** A catalog of one name. */
    public SnapshotCatalog(SnapshotStore store, StoreLayout layout) {
        this.store = store;
        this.layout = layout;
    }

    /**
     * The same catalog, through which bytes pass no faster than these allow.
     *
     * @param upload null for as fast as can be
     * @param fetch null for as fast as can be
     */
    public SnapshotCatalog throttled(@Nullable Throttle upload, @Nullable Throttle fetch) {
        return new SnapshotCatalog(new ThrottledSnapshotStore(store, upload, fetch), layout);
    }

    /** The store itself. */
    public SnapshotStore store() {
        return store;
    }

    /** The names in it. */
    public StoreLayout layout() {
        return layout;
    }

    /**
     * All snapshots that are not retired: one list of markers, one of manifests, and a small read for each snapshot. Markers
     * first: a snapshot that is retired in between, because a newer one came, would else hide behind one that was not seen.
     * Where a manifest goes before it is read, whatever has replaced it may not have been there yet: it looks again.
     */
    public SnapshotListing list() {
        return StoreFailures.calling(() -> {
            Look look = look();
            for (int looks = 1; look.isAnyGone() && looks < LOOKS; looks++) {
                look = look();
            }
            return look.listing();
        });
    }

    private Look look() throws IOException {
        List<SnapshotInfo> readable = new ArrayList<>();
        TreeMap<SnapshotId, SnapshotException> unreadable = new TreeMap<>();
        Set<SnapshotId> retired = retired();
        boolean isAnyGone = false;
        for (ObjectInfo manifest : store.list(layout.manifests())) {
            Optional<SnapshotId> id = StoreLayout.idIn(manifest.name(), layout.manifests());
            if (id.isPresent() && !retired.contains(id.get())) {
                isAnyGone |= !addHead(id.get(), manifest, readable, unreadable);
            }
        }
        return new Look(new SnapshotListing(List.copyOf(readable), unreadable), isAnyGone);
    }

    /** Ids of all snapshots that are not retired, readable or not; reads no manifest. */
    public Set<SnapshotId> inUse() {
        return StoreFailures.calling(() -> {
            Set<SnapshotId> retired = retired(); // First, as in a listing.
            return store.list(layout.manifests()).stream()
                    .flatMap(manifest -> StoreLayout.idIn(manifest.name(), layout.manifests()).stream())
                    .filter(id -> !retired.contains(id))
                    .collect(Collectors.toSet());
        });
    }

    /** A pin wins over a marker: whoever has pinned a snapshot a moment before it was retired keeps it. */
    private Set<SnapshotId> retired() throws IOException {
        Set<SnapshotId> retired = store.list(layout.retired()).stream()
                .flatMap(marker -> StoreLayout.idIn(marker.name(), layout.retired()).stream())
                .collect(Collectors.toCollection(HashSet::new));
        if (!retired.isEmpty()) {
            store.list(layout.pins()).forEach(pin -> layout.pinnedBy(pin.name()).ifPresent(retired::remove));
        }
        return retired;
    }

    /** Whether a snapshot is taken out of use, and no pin holds it. */
    public boolean isRetired(SnapshotId id) throws IOException {
        return !store.list(layout.retired(id)).isEmpty()
                && store.list(layout.pinsOf(id)).isEmpty();
    }

    /**
     * What damage means that was found while a snapshot was read: that it is damaged, or that it was retired and removed
     * meanwhile.
     */
    public SnapshotException damagedOrGone(SnapshotId id, CorruptSnapshotException damage) {
        damage.about(id);
        if (isThere(id)) {
            return damage;
        }
        SnapshotException gone = new SnapshotNotFoundException(
                "snapshot " + id
                        + " was retired and removed while it was read: whoever prunes has a grace period that is"
                        + " shorter than this took. Raise it",
                damage);
        gone.about(id);
        return gone;
    }

    private boolean isThere(SnapshotId id) {
        try {
            store.stat(layout.manifest(id));
            return true;
        } catch (NoSuchObjectException e) {
            return false;
        } catch (IOException e) {
            return true; // Nobody can say; the damage is what was seen.
        }
    }

    /**
     * Reads one manifest whole.
     *
     * @throws SnapshotNotFoundException where there is none, or it is retired
     * @throws CorruptSnapshotException where it is damaged
     * @throws UnsupportedFormatException where it is too new
     */
    public Manifest read(SnapshotId id) {
        return about(id, () -> {
            ObjectInfo info = statManifest(id);
            if (isRetired(id)) {
                throw new SnapshotNotFoundException("snapshot " + id + " is retired; choose another");
            }
            return decode(id, info);
        });
    }

    /**
     * Reads one manifest whole, of a snapshot that was in use when it was chosen: where it was retired since, its packs stay
     * for the grace period.
     *
     * @throws SnapshotNotFoundException where there is none
     * @throws CorruptSnapshotException where it is damaged
     * @throws UnsupportedFormatException where it is too new
     */
    public Manifest readChosen(SnapshotId id) {
        return about(id, () -> decode(id, statManifest(id)));
    }

    /**
     * Reads one manifest whole, retired or not.
     *
     * @param info what the store knows of it
     * @throws SnapshotNotFoundException where it is not there any more
     * @throws CorruptSnapshotException where it is damaged
     * @throws UnsupportedFormatException where it is too new
     */
    public Manifest read(SnapshotId id, ObjectInfo info) {
        return about(id, () -> decode(id, info));
    }

    /**
     * Reads the names of the packs of a snapshot, also where this version does not know all that the manifest requires.
     *
     * @throws UnsupportedFormatException where the format itself is too new
     */
    public List<PackName> packsOf(SnapshotId id, ObjectInfo info) {
        return about(id, () -> {
            byte[] manifest = whole(info);
            checkIsFor(ManifestCodec.decodeHead(manifest), id);
            return ManifestCodec.decodePacks(manifest);
        });
    }

    private Manifest decode(SnapshotId id, ObjectInfo info) throws IOException, MalformedException {
        Manifest manifest = ManifestCodec.decode(whole(info));
        checkIsFor(manifest.head(), id);
        return manifest;
    }

    private byte[] whole(ObjectInfo info) throws IOException, MalformedException {
        if (info.size() > ManifestCodec.MAX_BYTES) {
            throw new MalformedException("the manifest has " + info.size() + " bytes");
        }
        return bytes(info, (int) info.size());
    }

    /**
     * Checks that every pack a manifest names is there, in its size.
     *
     * @return what the store knows of each
     * @throws CorruptSnapshotException where one is missing or has another size
     */
    public List<ObjectInfo> requirePacks(Manifest manifest) {
        return about(manifest.head().id(), () -> {
            Map<String, ObjectInfo> there = packsNamedBy(manifest);
            List<ObjectInfo> found = new ArrayList<>();
            for (PackEntry pack : manifest.packs()) {
                ObjectInfo info = there.get(layout.pack(pack.name()));
                if (info == null) {
                    throw new MalformedException("pack " + pack.name() + " is missing");
                }
                if (info.size() != pack.size()) {
                    throw new MalformedException(
                            "pack " + pack.name() + " has " + info.size() + " bytes instead of " + pack.size());
                }
                found.add(info);
            }
            return found;
        });
    }

    private Map<String, ObjectInfo> packsNamedBy(Manifest manifest) throws IOException {
        Set<SnapshotId> writers =
                manifest.packs().stream().map(pack -> pack.name().writer()).collect(Collectors.toSet());
        Map<String, ObjectInfo> there = new HashMap<>();
        for (SnapshotId writer : writers) {
            store.list(layout.packsOf(writer)).forEach(info -> there.put(info.name(), info));
        }
        return there;
    }

    /** Whether the manifest was still there. */
    private boolean addHead(
            SnapshotId id,
            ObjectInfo manifest,
            List<SnapshotInfo> readable,
            Map<SnapshotId, SnapshotException> unreadable) {
        try {
            readable.add(about(id, () -> {
                int length = (int) Math.min(manifest.size(), ManifestCodec.MAX_HEAD_BYTES);
                ManifestHead head = ManifestCodec.decodeHead(bytes(manifest, length));
                checkIsFor(head, id);
                head.checkSupported();
                return head.info(manifest.lastModified());
            }));
        } catch (CorruptSnapshotException | UnsupportedFormatException e) {
            unreadable.put(id, e);
        } catch (SnapshotNotFoundException e) {
            return false; // It went between listing and reading: it is not there.
        }
        return true;
    }

    private void checkIsFor(ManifestHead head, SnapshotId id) throws MalformedException {
        if (!head.id().equals(id) || !head.name().equals(layout.name())) {
            throw new MalformedException("the manifest is that of " + head.id() + " of " + head.name());
        }
    }

    private ObjectInfo statManifest(SnapshotId id) throws IOException {
        try {
            return store.stat(layout.manifest(id));
        } catch (NoSuchObjectException e) {
            throw new SnapshotNotFoundException("there is no snapshot " + id + " of " + layout.name(), e);
        }
    }

    private byte[] bytes(ObjectInfo object, int length) throws IOException {
        try (InputStream in = store.open(object.name(), 0, length)) {
            return in.readNBytes(length);
        }
    }

    private static <T> T about(SnapshotId id, Reading<T> reading) {
        try {
            return StoreFailures.calling(() -> {
                try {
                    return reading.run();
                } catch (MalformedException e) {
                    throw new CorruptSnapshotException("snapshot " + id + " is damaged: " + e.getMessage(), e);
                }
            });
        } catch (SnapshotException e) {
            e.about(id);
            throw e;
        }
    }

    /** What one look has found, and whether a manifest went meanwhile. */
    private record Look(SnapshotListing listing, boolean isAnyGone) {}

    private interface Reading<T> {
        T run() throws IOException, MalformedException;
    }
}
