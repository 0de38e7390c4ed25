package io.harmonylite.snapshot.internal.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.PendingRecord;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.StreamPosition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SnapshotOrderPropertyTest {

    private static final Instant NOW = Instant.parse("2026-11-30T00:00:00Z");
    private static final ImageInfo IMAGE = new ImageInfo(4096, 1, 0, 0, "UTF-8", "wal", "00", "00");

    private static SnapshotInfo snapshot(int number, long generation, Instant storedAt, Positions positions) {
        return new SnapshotInfo(
                SnapshotId.of(NOW, "node", number),
                "orders",
                NOW,
                storedAt,
                "1",
                positions,
                IMAGE,
                1,
                0,
                0,
                PendingRecord.none(),
                generation,
                Collections.emptySortedMap(),
                Optional.empty(),
                Optional.empty());
    }

    private static List<SnapshotInfo> snapshots(Random random, int count) {
        List<SnapshotInfo> snapshots = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            Positions positions = Positions.none();
            for (String stream : List.of("a", "b", "c")) {
                if (random.nextInt(4) > 0) {
                    Instant created = random.nextInt(3) == 0 ? null : NOW.plusSeconds(random.nextInt(2));
                    positions = positions.with(stream, new StreamPosition(random.nextInt(4), null, created));
                }
            }
            Instant storedAt = NOW.plusSeconds(random.nextInt(100));
            snapshots.add(snapshot(number, random.nextInt(6), storedAt, positions));
        }
        return snapshots;
    }

    @Property
    void latest_anyListing_isBeatenByNoneAndDependsOnNeitherOrderNorTimes(
            @ForAll @IntRange(min = 1, max = 12) int count, @ForAll Random random) {
        List<SnapshotInfo> snapshots = snapshots(random, count);
        SnapshotInfo latest = SnapshotOrder.latest(snapshots).orElseThrow();
        List<SnapshotInfo> others = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            SnapshotInfo each = snapshots.get(number);
            assertThat(SnapshotOrder.beats(each, latest)).isFalse();
            Instant time = NOW.minusSeconds(random.nextInt(100));
            others.add(snapshot(number, each.generation(), time, each.positions()));
        }
        Collections.shuffle(others, random);
        assertThat(SnapshotOrder.latest(others).orElseThrow().id()).isEqualTo(latest.id());
        assertThat(ids(SnapshotOrder.latestFirst(others))).isEqualTo(ids(SnapshotOrder.latestFirst(snapshots)));
    }

    /** A snapshot that others beat is never before one of these, so beating has no cycle. */
    @Property
    void latestFirst_anyListing_startsWithTheLatestOfWhatIsLeft(
            @ForAll @IntRange(max = 12) int count, @ForAll Random random) {
        List<SnapshotInfo> left = snapshots(random, count);
        for (SnapshotInfo each : SnapshotOrder.latestFirst(left)) {
            assertThat(SnapshotOrder.latest(left)).contains(each);
            left.remove(each);
        }
        assertThat(left).isEmpty();
    }

    /** Readers with different listings agree on two snapshots unless a third one decides. */
    @Property
    void last_anyViews_isTheSameForAllThatContainIt(
            @ForAll @IntRange(min = 1, max = 12) int count, @ForAll Random random) {
        List<SnapshotInfo> snapshots = snapshots(random, count);
        SnapshotInfo last = SnapshotOrder.last(snapshots).orElseThrow();
        Set<SnapshotInfo> view = new HashSet<>(snapshots.subList(0, random.nextInt(count)));
        view.add(last);
        assertThat(SnapshotOrder.last(view)).contains(last);
    }

    private static List<SnapshotId> ids(List<SnapshotInfo> snapshots) {
        return snapshots.stream().map(SnapshotInfo::id).toList();
    }

    /** A comparison of pairs, by positions and else by generation, has no maximum here. */
    @Test
    void latest_positionsThatFormACycle_isTheUnbeatenOneOfTheHighestGeneration() {
        SnapshotInfo one = snapshot(1, 1, NOW, positions(4, 3));
        SnapshotInfo two = snapshot(2, 2, NOW, positions(5, 0));
        SnapshotInfo three = snapshot(3, 3, NOW, positions(4, 2));
        assertThat(SnapshotOrder.latest(List.of(one, two, three))).contains(two);
        assertThat(SnapshotOrder.latestFirst(List.of(three, two, one))).containsExactly(two, one, three);
    }

    private static Positions positions(long a, long b) {
        return Positions.of("a", StreamPosition.at(a)).with("b", StreamPosition.at(b));
    }
}
