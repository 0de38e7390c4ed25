package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.catalog.StoreFailures;
import io.harmonylite.snapshot.internal.format.ImageGeometry;
import io.harmonylite.snapshot.internal.format.PackEntry;
import io.harmonylite.snapshot.internal.format.PackName;
import io.harmonylite.snapshot.internal.format.PackWriter;
import io.harmonylite.snapshot.internal.format.PackWriter.SealedPack;
import io.harmonylite.snapshot.store.ObjectSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Stores the packs of a take, and remembers them for its manifest. Thread-safe. */
final class PackUpload {

    private final SnapshotCatalog catalog;
    private final SnapshotId id;
    private final UploadedPacks uploaded;
    private final LeafTable leaves;
    private final ImageGeometry geometry;
    private final List<PackEntry> packs = new ArrayList<>();
    private int next;

    PackUpload(
            SnapshotCatalog catalog, SnapshotId id, UploadedPacks uploaded, LeafTable leaves, ImageGeometry geometry) {
        this.catalog = catalog;
        this.id = id;
        this.uploaded = uploaded;
        this.leaves = leaves;
        this.geometry = geometry;
    }

    /** Stores the pack of a writer, which is empty then. */
    void store(PackWriter writer) {
        SealedPack sealed = writer.finish(nextName());
        String name = catalog.layout().pack(sealed.pack().name());
        uploaded.begin(name);
        ObjectSource bytes = ObjectSource.of(writer.buffer(), 0, sealed.pack().size());
        try {
            StoreFailures.running(() -> catalog.store().putIfAbsent(name, bytes));
        } catch (InsufficientSpaceException e) {
            long left = geometry.imageBytes() - uploaded.bytes();
            throw new InsufficientSpaceException(
                    "the store is full: a pack needs " + bytes.length() + " bytes, and the rest of the snapshot up to "
                            + left + " (" + e.getMessage() + "). Prune, or enlarge the store",
                    e);
        }
        leaves.add(sealed);
        synchronized (this) {
            packs.add(sealed.pack());
        }
    }

    private synchronized PackName nextName() {
        return new PackName(id, next++);
    }

    /** Returns the stored packs in the order of their numbers. */
    synchronized List<PackEntry> packs() {
        return packs.stream()
                .sorted(Comparator.comparingInt(pack -> pack.name().number()))
                .toList();
    }

    /** Returns the size of the stored packs in bytes. */
    synchronized long bytes() {
        return packs.stream().mapToLong(PackEntry::size).sum();
    }
}
