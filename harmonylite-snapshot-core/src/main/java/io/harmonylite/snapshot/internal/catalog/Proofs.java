package io.harmonylite.snapshot.internal.catalog;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotProof;
import io.harmonylite.snapshot.exception.UnsupportedFormatException;
import io.harmonylite.snapshot.internal.format.MalformedException;
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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores and lists proofs: records of snapshots that were rebuilt and verified completely. Immutable and thread-safe.
 */
public final class Proofs {

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

    /**
     * Returns the proofs of snapshots in use, last stored first. Skips markers that cannot be read. Lists proofs before
     * manifests, so that a proof is never attributed to a later snapshot.
     */
    public List<SnapshotProof> list() {
        List<SnapshotProof> proofs = new ArrayList<>();
        List<ObjectInfo> markers = StoreFailures.calling(
                () -> catalog.store().list(catalog.layout().proofs()));
        if (markers.isEmpty()) {
            return List.of();
        }
        Set<SnapshotId> inUse = catalog.inUse();
        for (ObjectInfo marker : markers) {
            catalog.layout()
                    .proofIn(marker.name())
                    .filter(name -> inUse.contains(name.snapshot()))
                    .flatMap(name -> StoreFailures.calling(() -> read(name, marker)))
                    .ifPresent(proofs::add);
        }
        proofs.sort(NEWEST);
        return List.copyOf(proofs);
    }

    private Optional<SnapshotProof> read(ProofName name, ObjectInfo marker) throws IOException {
        try {
            Duration elapsed = ProofCodec.decode(bytes(marker), name);
            return Optional.of(new SnapshotProof(name.snapshot(), marker.lastModified(), name.at(), elapsed));
        } catch (NoSuchObjectException e) {
            return Optional.empty(); // Removed by a sweep, which keeps a newer proof.
        } catch (MalformedException | DamagedObjectException | EOFException | UnsupportedFormatException e) {
            LOG.warn("Proof {} cannot be read and is ignored: {}", name, e.getMessage());
            return Optional.empty();
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
