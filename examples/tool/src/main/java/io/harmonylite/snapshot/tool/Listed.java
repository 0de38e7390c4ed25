package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotListing;
import io.harmonylite.snapshot.SnapshotProof;
import io.harmonylite.snapshot.SnapshotRepository;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of one name, with what the store records about them.
 *
 * @param listing the snapshots
 * @param pinned the pinned snapshots
 * @param retired the retired snapshots that are not removed yet
 * @param proofs the proofs, latest first
 */
record Listed(
        SnapshotListing listing, Set<SnapshotId> pinned, SortedSet<SnapshotId> retired, List<SnapshotProof> proofs) {

    /** Reads the store. */
    static Listed of(SnapshotRepository repository) {
        return new Listed(repository.list(), repository.pinned(), repository.retired(), repository.proofs());
    }

    /** Returns the ids of all snapshots, oldest first: also those that are late, retired or unreadable. */
    SortedSet<SnapshotId> ids() {
        TreeSet<SnapshotId> ids = new TreeSet<>(retired);
        listing.snapshots().forEach(snapshot -> ids.add(snapshot.id()));
        ids.addAll(listing.unreadable().keySet());
        ids.addAll(listing.doubts().keySet());
        return ids;
    }

    /** Returns a snapshot in use; null if it is late, retired or unreadable. */
    @Nullable
    SnapshotInfo find(SnapshotId id) {
        return listing.snapshots().stream()
                .filter(snapshot -> snapshot.id().equals(id))
                .findFirst()
                .orElse(null);
    }

    /** Returns what is particular to a snapshot. */
    List<String> marks(SnapshotId id, Instant now) {
        List<String> marks = new ArrayList<>();
        SnapshotInfo snapshot = find(id);
        add(marks, "pinned", pinned.contains(id));
        proofs.stream()
                .filter(proof -> proof.snapshot().equals(id))
                .findFirst()
                .ifPresent(proof -> marks.add("proven " + Text.since(proof.storedAt(), now)));
        add(marks, "pending", snapshot != null && snapshot.pending().changes() > 0);
        add(marks, "missing?", snapshot != null && !snapshot.possiblyMissing().isEmpty());
        add(marks, snapshot == null ? "late" : "doubtful", listing.doubts().containsKey(id));
        add(marks, "retired", retired.contains(id));
        add(marks, "unreadable", listing.unreadable().containsKey(id));
        return marks;
    }

    private static void add(List<String> marks, String mark, boolean isSet) {
        if (isSet) {
            marks.add(mark);
        }
    }
}
