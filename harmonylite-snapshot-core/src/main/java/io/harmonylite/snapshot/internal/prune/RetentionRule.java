package io.harmonylite.snapshot.internal.prune;

import io.harmonylite.snapshot.CalendarPeriod;
import io.harmonylite.snapshot.RetentionPolicy;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.internal.catalog.SnapshotOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Decides which snapshots are kept: a pure function of the sound snapshots, the held ones, and the store's time. */
final class RetentionRule {

    private RetentionRule() {}

    /** Returns the snapshots that no request may retire: the latest one, the last one, and the held ones. */
    static Set<SnapshotId> untouchable(List<SnapshotInfo> sound, Set<SnapshotId> held) {
        Set<SnapshotId> kept = new HashSet<>(held);
        SnapshotOrder.latest(sound).ifPresent(latest -> kept.add(latest.id()));
        SnapshotOrder.last(sound).ifPresent(last -> kept.add(last.id()));
        return kept;
    }

    /**
     * Returns the sound snapshots to retire. Rules about time keep doubtful ones. If others beat a kept snapshot and
     * all would be retired, keeps the latest of them too, which would otherwise no longer be the latest.
     */
    static List<SnapshotId> retires(
            RetentionPolicy retention,
            List<SnapshotInfo> sound,
            Set<SnapshotId> untouchable,
            Set<SnapshotId> doubtful,
            Instant now) {
        Set<SnapshotId> kept = new HashSet<>(untouchable);
        SnapshotOrder.latestFirst(sound).stream().limit(retention.last()).forEach(info -> kept.add(info.id()));
        if (!retention.age().isZero() || !retention.calendar().isEmpty()) {
            kept.addAll(doubtful);
        }
        List<SnapshotInfo> dated =
                sound.stream().filter(info -> !doubtful.contains(info.id())).toList();
        dated.stream().filter(info -> isYounger(info, retention.age(), now)).forEach(info -> kept.add(info.id()));
        retention.calendar().forEach((period, count) -> kept.addAll(onePer(period, count, dated)));
        Set<SnapshotId> wanted = Set.copyOf(kept);
        sound.stream()
                .filter(info -> wanted.contains(info.id()))
                .forEach(info -> better(info, sound, wanted).ifPresent(kept::add));
        return sound.stream()
                .map(SnapshotInfo::id)
                .filter(id -> !kept.contains(id))
                .toList();
    }

    private static List<SnapshotId> onePer(CalendarPeriod period, int count, List<SnapshotInfo> sound) {
        List<SnapshotInfo> left = new ArrayList<>(sound);
        List<SnapshotId> kept = new ArrayList<>();
        while (kept.size() < count && !left.isEmpty()) {
            Instant youngest = left.stream()
                    .map(SnapshotInfo::storedAt)
                    .max(Instant::compareTo)
                    .orElseThrow();
            List<SnapshotInfo> together = left.stream()
                    .filter(info -> period.isSame(info.storedAt(), youngest))
                    .toList();
            left.removeAll(together);
            SnapshotOrder.latest(together).ifPresent(info -> kept.add(info.id()));
        }
        return kept;
    }

    private static Optional<SnapshotId> better(SnapshotInfo info, List<SnapshotInfo> sound, Set<SnapshotId> kept) {
        List<SnapshotInfo> better =
                sound.stream().filter(other -> SnapshotOrder.beats(other, info)).toList();
        boolean oneIsKept = better.stream().anyMatch(other -> kept.contains(other.id()));
        return oneIsKept ? Optional.empty() : SnapshotOrder.latest(better).map(SnapshotInfo::id);
    }

    private static boolean isYounger(SnapshotInfo info, Duration age, Instant now) {
        return !age.isZero() && Duration.between(info.storedAt(), now).compareTo(age) < 0;
    }
}
