package io.harmonylite.snapshot.internal.prune;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.RetentionPolicy;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.internal.catalog.SnapshotOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class RetentionRulePropertyTest {

    private static final Instant NOW = Samples.hour(30);

    @Provide
    Arbitrary<List<SnapshotInfo>> snapshots() {
        return snapshots(positions());
    }

    /** Snapshots of which any two are comparable. */
    @Provide
    Arbitrary<List<SnapshotInfo>> comparable() {
        return Arbitraries.oneOf(snapshots(Arbitraries.just(Positions.none())), snapshots(one()));
    }

    private static Arbitrary<Positions> one() {
        return Arbitraries.longs().between(0, 4).map(at -> Positions.of("a", StreamPosition.at(at)));
    }

    private static Arbitrary<Positions> positions() {
        Arbitrary<Positions> none = Arbitraries.just(Positions.none());
        Arbitrary<Positions> one =
                Arbitraries.longs().between(0, 4).map(at -> Positions.of("a", StreamPosition.at(at)));
        Arbitrary<Positions> two = Combinators.combine(one, Arbitraries.longs().between(0, 4))
                .as((positions, at) -> positions.with("b", StreamPosition.at(at)));
        return Arbitraries.oneOf(none, one(), two);
    }

    private static Arbitrary<List<SnapshotInfo>> snapshots(Arbitrary<Positions> positions) {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 32),
                        Arbitraries.longs().between(0, 9),
                        positions)
                .as((hour, generation, at) -> Samples.snapshot(0, generation, hour, at))
                .list()
                .ofMaxSize(12)
                .map(RetentionRulePropertyTest::numbered);
    }

    private static List<SnapshotInfo> numbered(List<SnapshotInfo> snapshots) {
        List<SnapshotInfo> numbered = new ArrayList<>();
        for (SnapshotInfo each : snapshots) {
            int hour = (int) Duration.between(Samples.START, each.storedAt()).toHours();
            numbered.add(Samples.snapshot(numbered.size(), each.generation(), hour, each.positions()));
        }
        return numbered;
    }

    @Provide
    Arbitrary<RetentionPolicy> retentions() {
        Arbitrary<RetentionPolicy> last = Arbitraries.integers().between(1, 14).map(RetentionPolicy::keepLast);
        Arbitrary<RetentionPolicy> young = Arbitraries.integers()
                .between(1, 40)
                .map(hours -> RetentionPolicy.keepYoungerThan(Duration.ofHours(hours)));
        Arbitrary<RetentionPolicy> calendar = Combinators.combine(
                        Arbitraries.of(List.<IntFunction<RetentionPolicy>>of(
                                RetentionPolicy::keepHourly,
                                RetentionPolicy::keepDaily,
                                RetentionPolicy::keepWeekly,
                                RetentionPolicy::keepMonthly)),
                        Arbitraries.integers().between(1, 14))
                .as(IntFunction::apply);
        Arbitrary<RetentionPolicy> one = Arbitraries.oneOf(last, young, calendar);
        return Arbitraries.oneOf(one, Combinators.combine(one, one).as(RetentionPolicy::and));
    }

    @Provide
    Arbitrary<Set<SnapshotId>> held() {
        return Arbitraries.integers().between(0, 14).map(Samples::id).set().ofMaxSize(4);
    }

    private static Set<SnapshotId> left(RetentionPolicy retention, List<SnapshotInfo> sound, Set<SnapshotId> held) {
        Set<SnapshotId> left = sound.stream().map(SnapshotInfo::id).collect(Collectors.toSet());
        Set<SnapshotId> untouchable = RetentionRule.untouchable(sound, held);
        left.removeAll(new HashSet<>(RetentionRule.retires(retention, sound, untouchable, Set.of(), NOW)));
        return left;
    }

    @Property
    void retires_anySnapshots_keepsNewestAndHeld(
            @ForAll("snapshots") List<SnapshotInfo> sound,
            @ForAll("retentions") RetentionPolicy retention,
            @ForAll("held") Set<SnapshotId> held) {
        Set<SnapshotId> left = left(retention, sound, held);
        SnapshotOrder.latest(sound).ifPresent(latest -> assertThat(left).contains(latest.id()));
        sound.stream()
                .max(Comparator.comparing(SnapshotInfo::generation).thenComparing(SnapshotInfo::id))
                .ifPresent(last -> assertThat(left).contains(last.id()));
        sound.stream()
                .map(SnapshotInfo::id)
                .filter(held::contains)
                .forEach(id -> assertThat(left).contains(id));
    }

    @Property
    void retires_anySnapshots_keepsCountAndAllYoung(
            @ForAll("snapshots") List<SnapshotInfo> sound,
            @ForAll("retentions") RetentionPolicy retention,
            @ForAll("held") Set<SnapshotId> held) {
        Set<SnapshotId> left = left(retention, sound, held);
        assertThat(left).hasSizeGreaterThanOrEqualTo(Math.min(retention.last(), sound.size()));
        assertThat(left)
                .containsAll(SnapshotOrder.latestFirst(sound).stream()
                        .limit(retention.last())
                        .map(SnapshotInfo::id)
                        .toList());
        assertThat(left)
                .containsAll(sound.stream()
                        .filter(info -> Duration.between(info.storedAt(), NOW).compareTo(retention.age()) < 0)
                        .filter(info -> !retention.age().isZero())
                        .map(SnapshotInfo::id)
                        .toList());
    }

    @Property
    void retires_comparableSnapshots_keepsNoneWithoutReason(
            @ForAll("comparable") List<SnapshotInfo> sound,
            @ForAll("retentions") RetentionPolicy retention,
            @ForAll("held") Set<SnapshotId> held) {
        long young = sound.stream()
                .filter(info -> info.storedAt().isAfter(NOW.minus(retention.age())))
                .count();
        assertThat(left(retention, sound, held))
                .hasSizeLessThanOrEqualTo((int) (retention.last() + young + onePerPeriod(retention) + held.size() + 2));
    }

    private static int onePerPeriod(RetentionPolicy retention) {
        return retention.calendar().values().stream()
                .mapToInt(Integer::intValue)
                .sum();
    }

    @Property
    void retires_calendar_keepsOnePerPeriod(
            @ForAll("snapshots") List<SnapshotInfo> sound, @ForAll("retentions") RetentionPolicy retention) {
        Set<SnapshotId> left = left(retention, sound, Set.of());
        List<SnapshotInfo> youngestFirst = sound.stream()
                .sorted(Comparator.comparing(SnapshotInfo::storedAt).reversed())
                .toList();
        retention.calendar().forEach((period, count) -> {
            List<SnapshotInfo> firsts = new ArrayList<>();
            for (SnapshotInfo info : youngestFirst) {
                if (firsts.stream().noneMatch(first -> period.isSame(first.storedAt(), info.storedAt()))) {
                    firsts.add(info);
                }
            }
            firsts.stream()
                    .limit(count)
                    .forEach(first -> assertThat(sound.stream()
                                    .filter(info -> period.isSame(first.storedAt(), info.storedAt()))
                                    .map(SnapshotInfo::id))
                            .anyMatch(left::contains));
        });
    }

    @Property
    void retires_shuffledListing_isSame(
            @ForAll("snapshots") List<SnapshotInfo> sound,
            @ForAll("retentions") RetentionPolicy retention,
            @ForAll Random random) {
        List<SnapshotInfo> shuffled = new ArrayList<>(sound);
        Collections.shuffle(shuffled, random);
        assertThat(left(retention, shuffled, Set.of())).isEqualTo(left(retention, sound, Set.of()));
    }

    @Property
    void retires_prunedListing_retiresNothingMore(
            @ForAll("comparable") List<SnapshotInfo> sound, @ForAll("retentions") RetentionPolicy retention) {
        Set<SnapshotId> left = left(retention, sound, Set.of());
        assertThat(left(retention, only(left, sound), Set.of())).isEqualTo(left);
    }

    @Property
    void retires_anySnapshots_keepsLatest(
            @ForAll("snapshots") List<SnapshotInfo> sound,
            @ForAll("retentions") RetentionPolicy retention,
            @ForAll("held") Set<SnapshotId> held) {
        List<SnapshotInfo> left = only(left(retention, sound, held), sound);
        assertThat(SnapshotOrder.latest(left)).isEqualTo(SnapshotOrder.latest(sound));
    }

    private static List<SnapshotInfo> only(Set<SnapshotId> wanted, List<SnapshotInfo> all) {
        return all.stream().filter(info -> wanted.contains(info.id())).toList();
    }

    /** Several prunes may see different listings; together they never retire the last stored snapshot. */
    @Property
    void retires_differentViews_neverRetireAll(
            @ForAll("snapshots") List<SnapshotInfo> all,
            @ForAll("retentions") RetentionPolicy one,
            @ForAll("retentions") RetentionPolicy other,
            @ForAll Random random) {
        Set<SnapshotId> left = all.stream().map(SnapshotInfo::id).collect(Collectors.toSet());
        for (RetentionPolicy retention : List.of(one, other, one)) {
            List<SnapshotInfo> view =
                    all.stream().filter(info -> random.nextInt(4) > 0).toList();
            Set<SnapshotId> untouchable = RetentionRule.untouchable(view, Set.of());
            left.removeAll(new HashSet<>(RetentionRule.retires(retention, view, untouchable, Set.of(), NOW)));
        }
        assertThat(left.isEmpty()).isEqualTo(all.isEmpty());
    }
}
