package io.harmonylite.snapshot.internal.catalog;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Determines which snapshots count, and the times from which their ages count: a pure function. The time of a snapshot
 * is at least that of every lower generation. Takes may overlap, so the time of a lower generation may be later by the
 * time within which its take must end. If it is later by more, one of the two is wrong and gets a doubt, as a late
 * snapshot does. Immutable.
 */
public record SnapshotTimes(List<SnapshotInfo> snapshots, SortedMap<SnapshotId, String> doubts) {

    private static final Comparator<StoredHead> GENERATION =
            Comparator.comparingLong(StoredHead::generation).thenComparing(StoredHead::id);

    /** Determines the times of the readable manifests. */
    public static SnapshotTimes of(Collection<StoredHead> manifests, Instant now) {
        TreeMap<SnapshotId, String> doubts = new TreeMap<>();
        manifests.forEach(each -> each.doubt(now).ifPresent(reason -> doubts.put(each.id(), reason)));
        List<StoredHead> counted = manifests.stream()
                .filter(each -> !each.isLate(now))
                .sorted(GENERATION)
                .toList();
        List<SnapshotInfo> snapshots = new ArrayList<>();
        Instant latest = Instant.MIN; // Of lower generations.
        Instant latestEnd = Instant.MIN; // The same, less the time by which takes may overlap.
        for (int first = 0; first < counted.size(); ) {
            int next = first;
            Instant latestHere = latest;
            Instant latestEndHere = latestEnd;
            while (next < counted.size()
                    && counted.get(next).generation() == counted.get(first).generation()) {
                StoredHead each = counted.get(next++);
                Instant time = each.time(now);
                if (time.isBefore(latestEnd)) {
                    doubts.putIfAbsent(
                            each.id(), "its time " + time + " is before that of a snapshot of a lower generation");
                }
                snapshots.add(each.head().info(max(time, latest)));
                if (!StoredHead.isFuture(time, now)) {
                    latestHere = max(latestHere, time);
                    latestEndHere =
                            max(latestEndHere, time.minus(each.head().ordering().limit()));
                }
            }
            latest = latestHere;
            latestEnd = latestEndHere;
            first = next;
        }
        snapshots.sort(Comparator.comparing(SnapshotInfo::id));
        return new SnapshotTimes(List.copyOf(snapshots), doubts);
    }

    private static Instant max(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
