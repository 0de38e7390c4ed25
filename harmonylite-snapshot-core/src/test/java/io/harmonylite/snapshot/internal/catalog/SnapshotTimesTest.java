package io.harmonylite.snapshot.internal.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.ImageInfo;
import io.harmonylite.snapshot.PendingRecord;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.internal.format.ManifestHead;
import io.harmonylite.snapshot.internal.format.Ordering;
import io.harmonylite.snapshot.store.ObjectInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Times are hours. The present time is hour 1000, and the grace period is 24 hours. */
class SnapshotTimesTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant NOW = hour(1000);
    private static final Duration GRACE = Duration.ofHours(24);
    private static final ImageInfo IMAGE = new ImageInfo(4096, 1, 0, 0, "UTF-8", "wal", "00", "00");

    private final List<StoredHead> heads = new ArrayList<>();

    private static Instant hour(long hours) {
        return START.plus(Duration.ofHours(hours));
    }

    private static SnapshotId id(int number) {
        return SnapshotId.of(START, "node", number);
    }

    private static StoredHead head(
            int number, long generation, Instant created, @Nullable Instant listed, Instant modified, Instant pack) {
        ManifestHead head = new ManifestHead(
                List.of(),
                id(number),
                "orders",
                created,
                "1",
                Positions.none(),
                IMAGE,
                1,
                0,
                0,
                PendingRecord.none(),
                new Ordering(generation, listed, GRACE),
                Collections.emptySortedMap(),
                Optional.empty(),
                Optional.empty());
        return new StoredHead(head, new ObjectInfo("manifest", 1, modified), pack);
    }

    /** Adds a snapshot of a generation that is its number. */
    private SnapshotTimesTest add(int number, long created, long listed, long modified, long pack) {
        heads.add(head(number, number, hour(created), hour(listed), hour(modified), hour(pack)));
        return this;
    }

    private SnapshotTimes times() {
        return SnapshotTimes.of(heads, NOW);
    }

    private static Instant time(SnapshotTimes times, int number) {
        return times.snapshots().stream()
                .filter(info -> info.id().equals(id(number)))
                .findFirst()
                .orElseThrow()
                .storedAt();
    }

    @Test
    void of_honestTimes_areTheLaterOnesAndNotDoubted() {
        SnapshotTimes times = add(1, 10, 10, 11, 11).add(2, 21, 20, 20, 20).times();
        assertThat(times.doubts()).isEmpty();
        assertThat(time(times, 1)).isEqualTo(hour(11));
        assertThat(time(times, 2)).isEqualTo(hour(21));
    }

    @Test
    void of_overlappingTakes_areNotDoubted() {
        SnapshotTimes times = add(1, 0, 0, 12, 11).add(2, 1, 1, 2, 2).times();
        assertThat(times.doubts()).isEmpty();
        assertThat(time(times, 2)).as("at least that of a lower generation").isEqualTo(hour(12));
    }

    @Test
    void of_lateManifest_doesNotCount() {
        SnapshotTimes times = add(1, 0, 0, 12, 12).add(2, 20, 20, 33, 21).times();
        assertThat(times.snapshots()).extracting(SnapshotInfo::id).containsExactly(id(1));
        assertThat(times.doubts().get(id(2))).contains("does not count");
    }

    @Test
    void of_copiedWithoutTimes_countsAndIsDoubted() {
        SnapshotTimes times = add(1, 0, 0, 501, 502).add(2, 100, 100, 500, 500).times();
        assertThat(times.snapshots()).hasSize(2);
        assertThat(times.doubts()).containsOnlyKeys(id(1), id(2));
        assertThat(times.doubts().get(id(1))).contains("copied");
    }

    @Test
    void of_timeInTheFuture_countsIsDoubtedAndDoesNotDelayOthers() {
        SnapshotTimes times = add(1, 10, 10, 5000, 10)
                .add(2, 6000, 20, 21, 21)
                .add(3, 7000, 30, 8000, 30)
                .add(4, 40, 40, 40, 40)
                .times();
        assertThat(times.doubts()).containsOnlyKeys(id(1), id(2), id(3));
        assertThat(time(times, 1)).isEqualTo(hour(10));
        assertThat(time(times, 2)).isEqualTo(hour(21));
        assertThat(time(times, 4)).isEqualTo(hour(40));
    }

    @Test
    void of_timeBeforeThatOfALowerGeneration_isDoubtedAndRaised() {
        SnapshotTimes times = add(1, 50, 50, 50, 50).add(2, 30, 30, 30, 30).times();
        assertThat(times.doubts()).containsOnlyKeys(id(2));
        assertThat(time(times, 2)).isEqualTo(hour(50));
    }

    @Test
    void of_unknownOrdering_countsByTimeAlone() {
        heads.add(head(1, 0, hour(1), null, hour(700), Instant.MIN));
        heads.add(head(2, 0, hour(2), null, hour(3), Instant.MIN));
        SnapshotTimes times = times();
        assertThat(times.doubts()).isEmpty();
        assertThat(times.snapshots()).extracting(SnapshotInfo::storedAt).containsExactly(hour(700), hour(3));
    }

    @Property
    void of_anyTimes_areMonotonousAndIndependentOfTheListing(
            @ForAll @IntRange(max = 10) int count, @ForAll Random random) {
        List<StoredHead> any = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            any.add(head(
                    number,
                    random.nextInt(5),
                    hour(random.nextInt(1200)),
                    random.nextInt(4) == 0 ? null : hour(random.nextInt(1200)),
                    hour(random.nextInt(1200)),
                    random.nextBoolean() ? Instant.MIN : hour(random.nextInt(1200))));
        }
        SnapshotTimes times = SnapshotTimes.of(any, NOW);
        List<StoredHead> shuffled = new ArrayList<>(any);
        Collections.shuffle(shuffled, random);
        assertThat(SnapshotTimes.of(shuffled, NOW)).isEqualTo(times);
        for (SnapshotInfo one : times.snapshots()) {
            for (SnapshotInfo other : times.snapshots()) {
                if (one.generation() < other.generation() && !one.storedAt().isAfter(NOW.plus(StoredHead.TOLERANCE))) {
                    assertThat(other.storedAt()).isAfterOrEqualTo(one.storedAt());
                }
            }
        }
        long late = any.stream().filter(head -> head.isLate(NOW)).count();
        assertThat(times.snapshots()).hasSize((int) (count - late));
    }
}
