package io.harmonylite.snapshot.internal.prune;

import static io.harmonylite.snapshot.internal.prune.Samples.hour;
import static io.harmonylite.snapshot.internal.prune.Samples.id;
import static io.harmonylite.snapshot.internal.prune.Samples.snapshot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.RetentionPolicy;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.StreamPosition;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RetentionRuleTest {

    private static final RetentionPolicy YOUNG = RetentionPolicy.keepYoungerThan(Duration.ofHours(10));

    /** The hours at which snapshots 0, 1, 2, … were stored; the current time is hour 100. */
    static Stream<Arguments> hoursAndWhatIsRetired() {
        return Stream.of(
                arguments("no snapshot", RetentionPolicy.keepLast(1), hours(), Set.of(), retired()),
                arguments("one", RetentionPolicy.keepLast(1), hours(1), Set.of(), retired()),
                arguments("as many as are kept", RetentionPolicy.keepLast(3), hours(1, 2, 3), Set.of(), retired()),
                arguments("one more", RetentionPolicy.keepLast(3), hours(1, 2, 3, 4), Set.of(), retired(0)),
                arguments("order of generations", RetentionPolicy.keepLast(1), hours(3, 9, 5), Set.of(), retired(0, 2)),
                arguments(
                        "equal generations: the id",
                        RetentionPolicy.keepLast(1),
                        hours(5, 5, 5),
                        Set.of(),
                        retired(0, 1)),
                arguments("held", RetentionPolicy.keepLast(1), hours(1, 2, 3), Set.of(id(0)), retired(1)),
                arguments(
                        "held and among the last",
                        RetentionPolicy.keepLast(2),
                        hours(1, 2, 3),
                        Set.of(id(2)),
                        retired(0)),
                arguments("held and missing", RetentionPolicy.keepLast(1), hours(1, 2), Set.of(id(7)), retired(0)),
                arguments("young", YOUNG, hours(80, 90, 91, 99), Set.of(), retired(0, 1)),
                arguments("after the clock was read", YOUNG, hours(90, 101), Set.of(), retired(0)),
                arguments("none is young: keeps the latest", YOUNG, hours(1, 2, 3), Set.of(), retired(0, 1)),
                arguments("both", YOUNG.and(RetentionPolicy.keepLast(3)), hours(1, 2, 3, 95), Set.of(), retired(0)),
                arguments(
                        "both, other order",
                        RetentionPolicy.keepLast(1).and(YOUNG),
                        hours(1, 95, 96),
                        Set.of(),
                        retired(0)),
                // Day 0 ends with hour 23, the week with hour 143, the month with hour 167.
                arguments(
                        "one for each of two days",
                        RetentionPolicy.keepDaily(2),
                        hours(1, 2, 30, 40, 50, 60),
                        Set.of(),
                        retired(0, 1, 2, 4)),
                arguments(
                        "days without snapshot do not count",
                        RetentionPolicy.keepDaily(3),
                        hours(23, 24, 90, 91),
                        Set.of(),
                        retired(2)),
                arguments(
                        "hours, days, weeks and months",
                        RetentionPolicy.keepLast(1)
                                .and(RetentionPolicy.keepHourly(2))
                                .and(RetentionPolicy.keepDaily(2))
                                .and(RetentionPolicy.keepWeekly(2))
                                .and(RetentionPolicy.keepMonthly(2)),
                        hours(100, 110, 143, 144, 167, 168, 169, 170),
                        Set.of(),
                        retired(0, 1, 3, 5)),
                arguments(
                        "the furthest of a day, not the last",
                        RetentionPolicy.keepDaily(2),
                        List.of(snapshot(0, 5, 50), snapshot(1, 10, 40), snapshot(2, 30, 60)),
                        Set.of(),
                        retired(1)));
    }

    private static Arguments arguments(
            String what,
            RetentionPolicy retention,
            List<SnapshotInfo> sound,
            Set<SnapshotId> held,
            List<SnapshotId> retired) {
        return Arguments.of(what, retention, sound, held, retired);
    }

    private static List<SnapshotInfo> hours(int... hours) {
        return IntStream.range(0, hours.length)
                .mapToObj(number -> snapshot(number, hours[number]))
                .toList();
    }

    private static List<SnapshotId> retired(Integer... numbers) {
        return Arrays.stream(numbers).map(Samples::id).toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hoursAndWhatIsRetired")
    void retires_withoutPositions_usesGenerationAndAge(
            String what,
            RetentionPolicy retention,
            List<SnapshotInfo> sound,
            Set<SnapshotId> held,
            List<SnapshotId> retired) {
        assertThat(decide(retention, sound, held)).containsExactlyElementsOf(retired);
        List<SnapshotInfo> backwards = sound.stream().collect(Collectors.toList());
        Collections.reverse(backwards);
        assertThat(decide(retention, backwards, held)).containsExactlyInAnyOrderElementsOf(retired);
    }

    private static List<SnapshotId> decide(RetentionPolicy retention, List<SnapshotInfo> sound, Set<SnapshotId> held) {
        return RetentionRule.retires(retention, sound, RetentionRule.untouchable(sound, held), Set.of(), hour(100));
    }

    @Test
    void retires_withPositions_keepsFurthestAndLastStored() {
        List<SnapshotInfo> sound =
                List.of(snapshot(0, 1, 60), snapshot(1, 2, 50), snapshot(2, 3, 40), snapshot(3, 4, 10));
        assertThat(decide(RetentionPolicy.keepLast(1), sound, Set.of())).containsExactly(id(1), id(2));
        assertThat(decide(RetentionPolicy.keepLast(2), sound, Set.of())).containsExactly(id(2));
    }

    @Test
    void retires_incomparablePositions_keepsLastStored() {
        Positions one = Positions.of("a", StreamPosition.at(9)).with("b", StreamPosition.at(1));
        Positions other = Positions.of("a", StreamPosition.at(1)).with("b", StreamPosition.at(9));
        List<SnapshotInfo> sound = List.of(snapshot(0, 1, one), snapshot(1, 2, other), snapshot(2, 3, one));
        assertThat(decide(RetentionPolicy.keepLast(1), sound, Set.of())).containsExactly(id(0), id(1));
        assertThat(decide(RetentionPolicy.keepLast(2), sound, Set.of())).containsExactly(id(0));
    }

    @Test
    void retention_invalidValue_isRejected() {
        assertThatThrownBy(() -> RetentionPolicy.keepLast(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RetentionPolicy.keepYoungerThan(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RetentionPolicy.keepYoungerThan(Duration.ofHours(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void retention_and_isUnion() {
        RetentionPolicy both = RetentionPolicy.keepLast(7).and(RetentionPolicy.keepYoungerThan(Duration.ofDays(30)));
        assertThat(both)
                .isEqualTo(RetentionPolicy.keepYoungerThan(Duration.ofDays(30)).and(RetentionPolicy.keepLast(7)));
        assertThat(both.and(RetentionPolicy.keepLast(3)).and(YOUNG))
                .isEqualTo(both)
                .hasSameHashCodeAs(both);
        assertThat(both).hasToString("the last 7 and all younger than PT720H");
        assertThat(both.last()).isEqualTo(7);
        assertThat(both.age()).isEqualTo(Duration.ofDays(30));
    }
}
