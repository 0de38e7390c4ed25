package io.harmonylite.snapshot.internal.prune;

import io.harmonylite.snapshot.CalendarPeriod;
import io.harmonylite.snapshot.Retention;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.internal.catalog.SnapshotOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which snapshots are kept: a pure function of the sound ones, what holds them, and the store's time. */
final class RetentionRule {

    private static final Comparator<SnapshotInfo> STORED =
            Comparator.comparing(SnapshotInfo::storedAt).thenComparing(SnapshotInfo::id);

    private RetentionRule() {}

    /**
     * Snapshots that nothing retires, whatever is asked for: the latest, the one that was stored last, and what is held.
     *
     * @param sound the sound snapshots in use
     * @param held pinned ones, and those that must stay for other reasons
     */
    static Set<SnapshotId> untouchable(List<SnapshotInfo> sound, Set<SnapshotId> held) {
        Set<SnapshotId> kept = new HashSet<>(held);
        SnapshotOrder.latest(sound).ifPresent(latest -> kept.add(latest.id()));
        sound.stream().max(STORED).ifPresent(last -> kept.add(last.id()));
        return kept;
    }

    /**
     * The sound snapshots that retention does not keep, and that may be touched. One that is kept and behind others never
     * becomes the latest because all of those go: the latest of them stays.
     */
    static List<SnapshotId> retires(
            Retention retention, List<SnapshotInfo> sound, Set<SnapshotId> untouchable, Instant now) {
        Set<SnapshotId> kept = new HashSet<>(untouchable);
        SnapshotOrder.latestFirst(sound).stream().limit(retention.last()).forEach(info -> kept.add(info.id()));
        sound.stream().filter(info -> isYounger(info, retention.age(), now)).forEach(info -> kept.add(info.id()));
        retention.calendar().forEach((period, count) -> kept.addAll(onePer(period, count, sound)));
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
            Instant youngest = left.stream().max(STORED).orElseThrow().storedAt();
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
