package io.harmonylite.snapshot.internal.catalog;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotListing;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotKeyException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.exception.UnsupportedFormatException;
import io.harmonylite.snapshot.internal.base.ExceptionAccess;
import io.harmonylite.snapshot.internal.concurrent.Throttle;
import io.harmonylite.snapshot.internal.format.KeyRing;
import io.harmonylite.snapshot.internal.format.Layer;
import io.harmonylite.snapshot.internal.format.LayerEntry;
import io.harmonylite.snapshot.internal.format.MalformedException;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.format.ManifestCodec;
import io.harmonylite.snapshot.internal.format.ManifestHead;
import io.harmonylite.snapshot.internal.format.Ordering;
import io.harmonylite.snapshot.internal.format.Outline;
import io.harmonylite.snapshot.internal.format.PackEntry;
import io.harmonylite.snapshot.internal.format.PackName;
import io.harmonylite.snapshot.internal.format.PackReader;
import io.harmonylite.snapshot.store.NoSuchObjectException;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the manifests of one snapshot name; each call reads the store. Immutable and thread-safe. */
public final class SnapshotCatalog {

    /** Maximum number of listings if manifests disappear between listing and reading. */
    private static final int LOOKS = 4;

    private final SnapshotStore store;
    private final StoreLayout layout;
    private final InstantSource clock;
    private final @Nullable KeyRing keys;

    /** Creates a catalog of one name; {@code clock} shows which times are in the future. */
    public SnapshotCatalog(SnapshotStore store, StoreLayout layout, InstantSource clock) {
        this(store, layout, clock, null);
    }

    private SnapshotCatalog(SnapshotStore store, StoreLayout layout, InstantSource clock, @Nullable KeyRing keys) {
        this.store = store;
        this.layout = layout;
        this.clock = clock;
        this.keys = keys;
    }

    /**
     * Returns the same catalog with keys. Then only manifests that were sealed with one of them are readable, and every
     * value of a head is authenticated.
     *
     * @param other the keys; null for none
     */
    public SnapshotCatalog withKeys(@Nullable KeyRing other) {
        return new SnapshotCatalog(store, layout, clock, other);
    }

    /** Returns the keys; null if there are none. */
    public @Nullable KeyRing keys() {
        return keys;
    }

    /** Returns the same catalog with another clock. */
    public SnapshotCatalog withClock(InstantSource other) {
        return new SnapshotCatalog(store, layout, other, keys);
    }

    /** Returns the same catalog with limits on the transfer rates, if there are any. */
    public SnapshotCatalog throttled(@Nullable Throttle upload, @Nullable Throttle fetch) {
        return new SnapshotCatalog(new ThrottledSnapshotStore(store, upload, fetch), layout, clock, keys);
    }

    public SnapshotStore store() {
        return store;
    }

    /** Returns the names of the objects in the store. */
    public StoreLayout layout() {
        return layout;
    }

    /**
     * Returns all snapshots that are not retired or late, by one listing of markers, one of manifests, and a small read
     * for each snapshot. Lists markers first, so that a snapshot retired in between is not hidden without its
     * successor; for the same reason it starts again if a manifest disappears.
     */
    public SnapshotListing list() {
        return StoreFailures.calling(() -> listing(stableLook(false)));
    }

    /**
     * Lists the store before the image is captured, so that an image of a higher generation is never older. Reads
     * retired manifests too, which may be the only ones of the highest generation.
     */
    public TakeListing listForTake(StoreClock storeClock, Duration grace) {
        return StoreFailures.calling(() -> {
            Instant listed = storeClock.now();
            Look look = stableLook(true);
            long generation = Math.min(look.generation() + 1, Ordering.MAX_GENERATION);
            return new TakeListing(new Ordering(generation, listed, grace), listing(look));
        });
    }

    private SnapshotListing listing(Look look) throws IOException {
        SnapshotTimes times = SnapshotTimes.of(withPacks(look.readable()), clock.instant());
        return new SnapshotListing(times.snapshots(), look.unreadable(), times.doubts());
    }

    private Look stableLook(boolean withRetired) throws IOException {
        Look look = look(withRetired);
        for (int looks = 1; look.isAnyGone() && looks < LOOKS; looks++) {
            look = look(withRetired);
        }
        return look;
    }

    private Look look(boolean withRetired) throws IOException {
        List<StoredHead> readable = new ArrayList<>();
        TreeMap<SnapshotId, SnapshotException> unreadable = new TreeMap<>();
        Set<SnapshotId> retired = retired();
        boolean isAnyGone = false;
        long generation = 0;
        for (ObjectInfo manifest : store.list(layout.manifests())) {
            Optional<SnapshotId> id = StoreLayout.idIn(manifest.name(), layout.manifests());
            if (id.isEmpty() || (retired.contains(id.get()) && !withRetired)) {
                continue;
            }
            try {
                byte[] bytes = readHeadBytes(id.get(), manifest);
                ManifestHead head = decodeHead(id.get(), bytes);
                generation = Math.max(generation, head.ordering().generation());
                if (!retired.contains(id.get())) {
                    head.checkSupported();
                    head = authenticated(id.get(), head, bytes);
                    readable.add(new StoredHead(head, manifest, Instant.MIN));
                }
            } catch (CorruptSnapshotException | SnapshotKeyException | UnsupportedFormatException e) {
                if (!retired.contains(id.get())) {
                    ExceptionAccess.setSnapshot(e, id.get());
                    unreadable.put(id.get(), e);
                }
            } catch (SnapshotNotFoundException e) {
                isAnyGone = true; // Removed between listing and reading.
            }
        }
        return new Look(readable, unreadable, generation, isAnyGone);
    }

    /** Adds the times of the packs, if a snapshot is late or was copied. Lists packs only then. */
    private List<StoredHead> withPacks(List<StoredHead> heads) throws IOException {
        if (heads.stream().noneMatch(StoredHead::isOverdue)) {
            return heads;
        }
        Map<String, Instant> packs = new HashMap<>();
        store.list(layout.packs()).forEach(pack -> packs.put(pack.name(), pack.lastModified()));
        List<StoredHead> complete = new ArrayList<>();
        for (StoredHead head : heads) {
            complete.add(head.isOverdue() ? withPacks(head, packs) : head);
        }
        return complete;
    }

    private StoredHead withPacks(StoredHead stored, Map<String, Instant> packs) {
        try {
            return stored.withPacks(
                    packsOf(stored.id(), stored.object()), pack -> packs.getOrDefault(layout.pack(pack), Instant.MIN));
        } catch (SnapshotNotFoundException | CorruptSnapshotException e) {
            return stored; // The snapshot cannot be restored; it does not matter whether it counts.
        }
    }

    /** Returns the ids of all snapshots that are not retired, readable or not. Reads no manifest. */
    public Set<SnapshotId> inUse() {
        return StoreFailures.calling(() -> {
            Set<SnapshotId> retired = retired(); // Before the manifests, as in list().
            return store.list(layout.manifests()).stream()
                    .flatMap(manifest -> StoreLayout.idIn(manifest.name(), layout.manifests()).stream())
                    .filter(id -> !retired.contains(id))
                    .collect(Collectors.toSet());
        });
    }

    /** Returns the retired snapshots without pinned ones: a pin takes precedence over a marker. */
    private Set<SnapshotId> retired() throws IOException {
        Set<SnapshotId> retired = markers();
        if (!retired.isEmpty()) {
            store.list(layout.pins()).forEach(pin -> layout.pinnedBy(pin.name()).ifPresent(retired::remove));
        }
        return retired;
    }

    /** Returns whether a snapshot has a retirement marker and no pin. */
    public boolean isRetired(SnapshotId id) throws IOException {
        return !store.list(layout.retired(id)).isEmpty()
                && store.list(layout.pinsOf(id)).isEmpty();
    }

    /** Returns the exception for damage found; {@link SnapshotNotFoundException} if the snapshot is gone. */
    public SnapshotException damagedOrGone(SnapshotId id, CorruptSnapshotException damage) {
        ExceptionAccess.setSnapshot(damage, id);
        if (exists(id)) {
            return damage;
        }
        SnapshotException gone = new SnapshotNotFoundException(
                "snapshot " + id
                        + " was retired and removed while it was read, because the grace period of the prune is shorter"
                        + " than the read; use a longer grace period",
                damage);
        ExceptionAccess.setSnapshot(gone, id);
        return gone;
    }

    private boolean exists(SnapshotId id) {
        try {
            store.stat(layout.manifest(id));
            return true;
        } catch (NoSuchObjectException e) {
            return false;
        } catch (IOException e) {
            return true; // Unknown; report the damage.
        }
    }

    /** Reads one manifest completely. Throws if it does not exist, is retired, damaged or too new. */
    public Manifest read(SnapshotId id) {
        return about(id, () -> {
            ObjectInfo info = statManifest(id);
            if (isRetired(id)) {
                throw new SnapshotNotFoundException("snapshot " + id + " is retired; choose another");
            }
            return decode(id, info);
        });
    }

    /** Reads what is readable of a manifest without a key, as {@link #readChosen}. Authenticates nothing. */
    public Outline readOutline(SnapshotId id) {
        return about(id, () -> decodeOutline(id, statManifest(id)));
    }

    /** Reads one manifest completely, even if it was retired since: its packs remain for the grace period. */
    public Manifest readChosen(SnapshotId id) {
        return about(id, () -> decode(id, statManifest(id)));
    }

    /** Reads what is readable of a manifest without a key, retired or not. Authenticates nothing. */
    public Outline readOutline(SnapshotId id, ObjectInfo info) {
        return about(id, () -> decodeOutline(id, info));
    }

    /** Reads the names of the packs of a snapshot, even if the manifest requires features that this version lacks. */
    public List<PackName> packsOf(SnapshotId id, ObjectInfo info) {
        return about(id, () -> {
            byte[] manifest = whole(info);
            checkIsFor(ManifestCodec.decodeHead(manifest), id);
            return ManifestCodec.decodePacks(manifest);
        });
    }

    private Manifest decode(SnapshotId id, ObjectInfo info) throws IOException, MalformedException {
        Manifest manifest = ManifestCodec.decode(whole(info), keys);
        checkIsFor(manifest.head(), id);
        return manifest;
    }

    private Outline decodeOutline(SnapshotId id, ObjectInfo info) throws IOException, MalformedException {
        Outline outline = ManifestCodec.decodeOutline(whole(info));
        checkIsFor(outline.head(), id);
        return outline;
    }

    private byte[] whole(ObjectInfo info) throws IOException, MalformedException {
        if (info.size() > ManifestCodec.MAX_BYTES) {
            throw new MalformedException(
                    "the manifest has " + info.size() + " bytes; the maximum is " + ManifestCodec.MAX_BYTES);
        }
        return bytes(info, (int) info.size());
    }

    /** Returns the packs that a manifest names; throws if one is missing or has another size. */
    public List<ObjectInfo> requirePacks(Outline manifest) {
        return about(manifest.head().id(), () -> {
            Map<String, ObjectInfo> there = packsNamedBy(manifest);
            List<ObjectInfo> found = new ArrayList<>();
            for (PackEntry pack : manifest.packs()) {
                found.add(requireWhole(pack, there.get(layout.pack(pack.name()))));
            }
            return found;
        });
    }

    private static ObjectInfo requireWhole(PackEntry pack, @Nullable ObjectInfo found) throws MalformedException {
        if (found == null) {
            throw new MalformedException("pack " + pack.name() + " is missing");
        }
        if (found.size() != pack.size()) {
            throw new MalformedException(
                    "pack " + pack.name() + " has " + found.size() + " bytes instead of " + pack.size());
        }
        return found;
    }

    /** Returns the packs of a manifest that are missing, have another size, or were found damaged by a verification. */
    public Set<PackName> unusablePacks(Outline manifest) {
        return StoreFailures.calling(() -> {
            Map<PackName, ObjectInfo> damaged = damagedPacks();
            Map<String, ObjectInfo> there = packsNamedBy(manifest);
            return manifest.packs().stream()
                    .filter(pack -> {
                        ObjectInfo found = there.get(layout.pack(pack.name()));
                        return found == null
                                || found.size() != pack.size()
                                || isMarked(found, damaged.get(pack.name()));
                    })
                    .map(PackEntry::name)
                    .collect(Collectors.toSet());
        });
    }

    /** Lists the markers of packs that were found damaged by a verification. */
    public Map<PackName, ObjectInfo> damagedPacks() throws IOException {
        Map<PackName, ObjectInfo> markers = new HashMap<>();
        for (ObjectInfo marker : store.list(layout.damaged())) {
            PackName.parse(marker.name().substring(layout.damaged().length()))
                    .ifPresent(pack -> markers.put(pack, marker));
        }
        return markers;
    }

    /** Returns whether a marker is that of a pack, and not of an earlier pack of the same name. */
    public static boolean isMarked(ObjectInfo pack, @Nullable ObjectInfo marker) {
        return marker != null && !marker.lastModified().isBefore(pack.lastModified());
    }

    /** Lists the packs of a manifest: by the take that wrote them if there is one, otherwise together with all others. */
    private Map<String, ObjectInfo> packsNamedBy(Outline manifest) throws IOException {
        Set<SnapshotId> writers =
                manifest.packs().stream().map(pack -> pack.name().writer()).collect(Collectors.toSet());
        String prefix = writers.size() == 1 ? layout.packsOf(writers.iterator().next()) : layout.packs();
        Map<String, ObjectInfo> there = new HashMap<>();
        store.list(prefix).forEach(info -> there.put(info.name(), info));
        return there;
    }

    /** Reads a part of a pack into the beginning of an array. The caller verifies it. */
    public void readPack(PackEntry pack, long offset, int length, byte[] target) {
        StoreFailures.running(() -> {
            try (InputStream in = store.open(layout.pack(pack.name()), offset, length)) {
                if (in.readNBytes(target, 0, length) != length) {
                    throw new EOFException("pack " + pack.name() + " ends unexpectedly");
                }
            } catch (NoSuchObjectException e) {
                throw new CorruptSnapshotException("pack " + pack.name() + " is missing", e);
            }
        });
    }

    /** Reads and verifies the block of a layer. */
    public Layer readLayer(PackEntry pack, LayerEntry entry, int leaf, int pageSize, PackReader reader)
            throws MalformedException {
        byte[] block = new byte[entry.blockLength(pack)];
        readPack(pack, entry.offset(), block.length, block);
        return reader.layer(block, entry.offset(), pack, entry, leaf, pageSize);
    }

    /** Returns the snapshots that have a retirement marker, whether pinned or not. */
    public Set<SnapshotId> marked() {
        return StoreFailures.calling(this::markers);
    }

    private Set<SnapshotId> markers() throws IOException {
        return store.list(layout.retired()).stream()
                .flatMap(marker -> StoreLayout.idIn(marker.name(), layout.retired()).stream())
                .collect(Collectors.toCollection(HashSet::new));
    }

    /** Reads the head of a manifest, even if it requires features that this version lacks. Authenticates nothing. */
    public ManifestHead readHead(SnapshotId id, ObjectInfo manifest) {
        return decodeHead(id, readHeadBytes(id, manifest));
    }

    private byte[] readHeadBytes(SnapshotId id, ObjectInfo manifest) {
        return about(id, () -> bytes(manifest, (int) Math.min(manifest.size(), ManifestCodec.MAX_HEAD_BYTES)));
    }

    private ManifestHead decodeHead(SnapshotId id, byte[] bytes) {
        return about(id, () -> {
            ManifestHead head = ManifestCodec.decodeHead(bytes);
            checkIsFor(head, id);
            return head;
        });
    }

    /** Returns the head with its sealed values, if there are keys. */
    private ManifestHead authenticated(SnapshotId id, ManifestHead head, byte[] bytes) {
        KeyRing own = keys;
        return own == null ? head : about(id, () -> ManifestCodec.decodeHead(bytes, own));
    }

    private void checkIsFor(ManifestHead head, SnapshotId id) throws MalformedException {
        if (!head.id().equals(id) || !head.name().equals(layout.name())) {
            throw new MalformedException("the manifest belongs to snapshot " + head.id() + " of " + head.name());
        }
    }

    private ObjectInfo statManifest(SnapshotId id) throws IOException {
        try {
            return store.stat(layout.manifest(id));
        } catch (NoSuchObjectException e) {
            throw new SnapshotNotFoundException("snapshot " + id + " of " + layout.name() + " does not exist", e);
        }
    }

    private byte[] bytes(ObjectInfo object, int length) throws IOException {
        try (InputStream in = store.open(object.name(), 0, length)) {
            byte[] bytes = new byte[length]; // readNBytes(int) needs twice the memory.
            int read = in.readNBytes(bytes, 0, length);
            return read == length ? bytes : Arrays.copyOf(bytes, read);
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
            ExceptionAccess.setSnapshot(e, id);
            throw e;
        }
    }

    /** One listing, with the highest generation of all heads that were read. */
    private record Look(
            List<StoredHead> readable,
            SortedMap<SnapshotId, SnapshotException> unreadable,
            long generation,
            boolean isAnyGone) {}

    private interface Reading<T> {
        T run() throws IOException, MalformedException;
    }
}
