package io.harmonylite.snapshot.internal.catalog;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotListing;
import io.harmonylite.snapshot.SnapshotProof;
import io.harmonylite.snapshot.exception.CorruptSnapshotException;
import io.harmonylite.snapshot.exception.SnapshotNotFoundException;
import io.harmonylite.snapshot.exception.UnsupportedFormatException;
import io.harmonylite.snapshot.internal.format.MalformedException;
import io.harmonylite.snapshot.internal.format.PackName;
import io.harmonylite.snapshot.internal.format.ProofCodec;
import io.harmonylite.snapshot.internal.format.ProofName;
import io.harmonylite.snapshot.store.DamagedObjectException;
import io.harmonylite.snapshot.store.NoSuchObjectException;
import io.harmonylite.snapshot.store.ObjectExistsException;
import io.harmonylite.snapshot.store.ObjectInfo;
import io.harmonylite.snapshot.store.ObjectSource;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores and lists proofs: records of snapshots that were rebuilt and verified completely.
 *
 * <p>A snapshot is <em>proven</em> if it is in use and one of its markers can be read. A marker that cannot be read
 * proves nothing. A trim relies on the latest two proven snapshots whose packs exist and are not known to be damaged, and a prune by rule keeps the same
 * two. Immutable and thread-safe.
 */
public final class Proofs {

    /** Number of proven snapshots on which a trim relies, and which a prune by rule keeps. */
    public static final int RELIED_ON = 2;

    private static final int ATTEMPTS = 3;
    private static final Logger LOG = LoggerFactory.getLogger(Proofs.class);
    private static final Comparator<SnapshotProof> NEWEST = Comparator.comparing(SnapshotProof::storedAt)
            .thenComparing(SnapshotProof::provenAt)
            .thenComparing(SnapshotProof::snapshot)
            .reversed();

    private final SnapshotCatalog catalog;

    /** Creates the proofs of a catalog's snapshots. */
    public Proofs(SnapshotCatalog catalog) {
        this.catalog = catalog;
    }

    /** Stores a proof; durable on return. */
    public void record(SnapshotId id, Instant at, Duration elapsed) {
        ProofName name = new ProofName(id, at);
        StoreFailures.running(() -> {
            try {
                catalog.store()
                        .putIfAbsent(catalog.layout().proof(name), ObjectSource.of(ProofCodec.encode(name, elapsed)));
            } catch (ObjectExistsException e) {
                // Another process proved the same snapshot in the same millisecond; its proof serves as well.
                LOG.debug("Proof {} exists already", name);
            }
        });
    }

    /** Reads all markers, also those of retired and removed snapshots. A damaged read is repeated. */
    public List<ProofMarker> markers() {
        return StoreFailures.calling(() -> {
            List<ProofMarker> markers = new ArrayList<>();
            for (ObjectInfo object : catalog.store().list(catalog.layout().proofs())) {
                Optional<ProofName> name = catalog.layout().proofIn(object.name());
                if (name.isPresent()) {
                    markers.add(new ProofMarker(name.get().snapshot(), object, read(name.get(), object)));
                }
            }
            return markers;
        });
    }

    /**
     * Returns the proofs of snapshots in use, last stored first. Lists proofs before manifests, so that a proof is
     * never attributed to a later snapshot.
     */
    public List<SnapshotProof> list() {
        List<SnapshotProof> proofs =
                markers().stream().flatMap(marker -> marker.proof().stream()).toList();
        if (proofs.isEmpty()) {
            return proofs;
        }
        SnapshotListing listing = catalog.list();
        Set<SnapshotId> inUse = new HashSet<>(listing.unreadable().keySet());
        listing.snapshots().forEach(info -> inUse.add(info.id()));
        return proofs.stream()
                .filter(proof -> inUse.contains(proof.snapshot()))
                .sorted(NEWEST)
                .toList();
    }

    /** Returns the latest two proven snapshots whose packs exist and are not known to be damaged, the latest first. */
    public List<SnapshotInfo> latest() {
        Set<SnapshotId> proven = list().stream().map(SnapshotProof::snapshot).collect(Collectors.toSet());
        List<SnapshotInfo> complete = catalog.list().snapshots().stream()
                .filter(info -> proven.contains(info.id()) && isComplete(info.id()))
                .toList();
        return latest(complete, proven);
    }

    /**
     * Returns the latest two of some sound snapshots that are proven, the latest first. A snapshot that may lack
     * messages does not count: the streams may hold the only copy of them.
     */
    public static List<SnapshotInfo> latest(List<SnapshotInfo> sound, Set<SnapshotId> proven) {
        List<SnapshotInfo> both = sound.stream()
                .filter(info ->
                        proven.contains(info.id()) && info.possiblyMissing().isEmpty())
                .toList();
        return SnapshotOrder.latestFirst(both).stream().limit(RELIED_ON).toList();
    }

    private boolean isComplete(SnapshotId id) {
        try {
            Set<PackName> unusable = catalog.unusablePacks(catalog.readOutline(id));
            if (!unusable.isEmpty()) {
                LOG.warn("Snapshot {} was proven, but does not count: missing or damaged are {}", id, unusable);
            }
            return unusable.isEmpty();
        } catch (CorruptSnapshotException | SnapshotNotFoundException | UnsupportedFormatException e) {
            LOG.warn("Snapshot {} was proven, but does not count: {}", id, e.getMessage());
            return false;
        }
    }

    private Optional<SnapshotProof> read(ProofName name, ObjectInfo marker) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                Duration elapsed = ProofCodec.decode(bytes(marker), name);
                return Optional.of(new SnapshotProof(name.snapshot(), marker.lastModified(), name.at(), elapsed));
            } catch (NoSuchObjectException e) {
                return Optional.empty(); // Removed by a sweep, which keeps a newer proof.
            } catch (MalformedException | DamagedObjectException | EOFException | UnsupportedFormatException e) {
                if (attempt == ATTEMPTS) {
                    LOG.warn("Proof {} cannot be read and is ignored: {}", name, e.getMessage());
                    return Optional.empty();
                }
            }
        }
    }

    private byte[] bytes(ObjectInfo marker) throws IOException, MalformedException {
        if (marker.size() > ProofCodec.MAX_BYTES) {
            throw new MalformedException(
                    "the proof has " + marker.size() + " bytes; the maximum is " + ProofCodec.MAX_BYTES);
        }
        SnapshotStore store = catalog.store();
        try (InputStream in = store.open(marker.name())) {
            return in.readNBytes(ProofCodec.MAX_BYTES + 1);
        }
    }
}
