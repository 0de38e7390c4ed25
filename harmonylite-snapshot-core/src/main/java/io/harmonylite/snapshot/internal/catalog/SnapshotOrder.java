package io.harmonylite.snapshot.internal.catalog;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.StreamPosition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/**
 * Order of snapshots. One beats another if it is further in some stream and behind in none; among the unbeaten the
 * highest generation decides, then the highest id. Comparing pairs would not do: positions (4,3), (5,0), (4,2) with
 * generations 1, 2, 3 form a cycle.
 */
public final class SnapshotOrder {

    private static final Comparator<SnapshotInfo> GENERATION =
            Comparator.comparingLong(SnapshotInfo::generation).thenComparing(SnapshotInfo::id);

    private SnapshotOrder() {}

    /** Returns the latest snapshot, without knowledge of the current streams; empty if there are none. */
    public static Optional<SnapshotInfo> latest(Collection<SnapshotInfo> snapshots) {
        return latest(snapshots, SnapshotOrder::isAtLeast);
    }

    /** Returns the latest snapshot; empty if there are none. */
    public static Optional<SnapshotInfo> latest(
            Collection<SnapshotInfo> snapshots, BiPredicate<Positions, Positions> atLeast) {
        return snapshots.stream()
                .filter(candidate -> snapshots.stream().noneMatch(other -> beats(other, candidate, atLeast)))
                .max(GENERATION);
    }

    /** Returns the last snapshot, whatever its positions: the one with the highest generation, then the highest id. */
    public static Optional<SnapshotInfo> last(Collection<SnapshotInfo> snapshots) {
        return snapshots.stream().max(GENERATION);
    }

    /** Returns all snapshots: the latest first, then the latest of the rest, and so on. */
    public static List<SnapshotInfo> latestFirst(Collection<SnapshotInfo> snapshots) {
        List<SnapshotInfo> left = new ArrayList<>(snapshots);
        left.sort(GENERATION.reversed());
        IdentityHashMap<SnapshotInfo, Integer> beaten = new IdentityHashMap<>();
        left.forEach(each -> beaten.put(each, count(left, other -> beats(other, each))));
        List<SnapshotInfo> ordered = new ArrayList<>();
        while (!left.isEmpty()) {
            SnapshotInfo next = first(left, each -> beaten.getOrDefault(each, 0) == 0);
            left.remove(next);
            ordered.add(next);
            left.stream().filter(other -> beats(next, other)).forEach(other -> beaten.merge(other, -1, Integer::sum));
        }
        return ordered;
    }

    private static int count(List<SnapshotInfo> snapshots, Predicate<SnapshotInfo> condition) {
        return (int) snapshots.stream().filter(condition).count();
    }

    private static SnapshotInfo first(List<SnapshotInfo> snapshots, Predicate<SnapshotInfo> condition) {
        return snapshots.stream().filter(condition).findFirst().orElseThrow();
    }

    /** Returns whether one snapshot is further than the other in some stream and behind in none. */
    public static boolean beats(SnapshotInfo one, SnapshotInfo other) {
        return beats(one, other, SnapshotOrder::isAtLeast);
    }

    private static boolean beats(SnapshotInfo one, SnapshotInfo other, BiPredicate<Positions, Positions> atLeast) {
        return atLeast.test(one.positions(), other.positions()) && !atLeast.test(other.positions(), one.positions());
    }

    /**
     * Returns whether {@code one} has the same streams as {@code other} and is behind in none; a missing stream is at
     * 0.
     */
    public static boolean isAtLeast(Positions one, Positions other) {
        if (one.isEmpty() || other.isEmpty()) {
            return one.isEmpty() && other.isEmpty();
        }
        for (Map.Entry<String, StreamPosition> entry : other.byStream().entrySet()) {
            StreamPosition own = one.of(entry.getKey()).orElse(StreamPosition.at(0));
            if (!own.sameStream(entry.getValue())
                    || own.sequence() < entry.getValue().sequence()) {
                return false;
            }
        }
        return true;
    }
}
