package io.harmonylite.snapshot.watch;

import static io.harmonylite.snapshot.watch.Observed.check;
import static io.harmonylite.snapshot.watch.Observed.limited;
import static io.harmonylite.snapshot.watch.Observed.minute;
import static io.harmonylite.snapshot.watch.Observed.shutdown;
import static io.harmonylite.snapshot.watch.Observed.snapshotAt;
import static io.harmonylite.snapshot.watch.Observed.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.stream.StreamRetention;
import io.harmonylite.snapshot.watch.TriggerReason.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TriggerTest {

    private static Optional<Kind> kind(Trigger trigger, TriggerInput observation) {
        return trigger.decide(observation).map(TriggerReason::kind);
    }

    @ParameterizedTest
    @CsvSource({
        // Saved and position of a and of b; due if one has 10; due if both together have 10.
        "0, 9, 0, 0, false, false",
        "0, 10, 0, 0, true, true",
        "0, 9, 0, 1, false, true",
        "100, 110, 5, 5, true, true",
        "100, 109, 5, 6, false, true",
        "100, 0, 5, 14, false, false",
        "100, 50, 5, 14, false, false",
        "7, 7, 7, 7, false, false",
    })
    void everyMessages_ofOneStreamOrInAll_isDueByMessagesNotInTheLatest(
            long savedA, long positionA, long savedB, long positionB, boolean any, boolean all) {
        TriggerInput observation =
                check(minute(1), null, stream("a", savedA, positionA, 1000), stream("b", savedB, positionB, 1000));
        assertThat(kind(Trigger.everyMessages(10), observation).isPresent()).isEqualTo(any);
        assertThat(kind(Trigger.everyMessagesInTotal(10), observation).isPresent())
                .isEqualTo(all);
    }

    @Test
    void everyMessages_due_namesTheStreamAndTheNumber() {
        assertThat(Trigger.everyMessages(10).decide(check(minute(0), null, stream("orders", 5, 22, 30))))
                .contains(new TriggerReason(
                        Kind.MESSAGES, "17 messages of orders were applied since the newest snapshot"));
    }

    @ParameterizedTest
    @CsvSource({"0, 59, false", "0, 60, true", "0, 61, true", "30, 61, false", "30, 90, true", "90, 61, false"})
    void every_sinceTheLatestWasStored_isDueAfterTheInterval(long stored, long now, boolean due) {
        TriggerInput observation = check(minute(now), snapshotAt(minute(stored)));
        assertThat(kind(Trigger.every(Duration.ofHours(1)), observation).isPresent())
                .isEqualTo(due);
    }

    @Test
    void every_withoutSnapshot_isDueAtOnce() {
        assertThat(Trigger.every(Duration.ofHours(1)).decide(check(minute(0), null)))
                .contains(new TriggerReason(Kind.INTERVAL, "no snapshot exists yet"));
    }

    @Test
    void every_unchangedTakeSkipped_countsFromThen() {
        Trigger hourly = Trigger.every(Duration.ofHours(1));
        TriggerInput left = new TriggerInput(
                minute(100), Occasion.CHECK, List.of(), snapshotAt(minute(0)), minute(61), Duration.ZERO);
        assertThat(kind(hourly, left)).isEmpty();
        TriggerInput later = new TriggerInput(
                minute(121), Occasion.CHECK, List.of(), snapshotAt(minute(0)), minute(61), Duration.ZERO);
        assertThat(kind(hourly, later)).contains(Kind.INTERVAL);
    }

    @Test
    void atMostEvery_latestIsYounger_isNotDue() {
        Trigger trigger = Trigger.everyMessages(10).atMostEvery(Duration.ofMinutes(5));
        ObservedStream much = stream("a", 0, 500, 500);
        assertThat(kind(trigger, check(minute(4), snapshotAt(minute(0)), much))).isEmpty();
        assertThat(kind(trigger, check(minute(5), snapshotAt(minute(0)), much))).contains(Kind.MESSAGES);
        assertThat(kind(trigger, check(minute(0), null, much))).contains(Kind.MESSAGES);
    }

    @Test
    void atMostEvery_triggerAddedAfterwards_isNotLimited() {
        Trigger trigger =
                Trigger.everyMessages(10).atMostEvery(Duration.ofMinutes(5)).or(Trigger.beforeClose());
        ObservedStream much = stream("a", 0, 500, 500);
        assertThat(kind(trigger, check(minute(4), snapshotAt(minute(0)), much))).isEmpty();
        assertThat(kind(trigger, shutdown(minute(4), snapshotAt(minute(0)), much)))
                .contains(Kind.SHUTDOWN);
    }

    @Test
    void beforeClose_onlyOnClose_isDue() {
        assertThat(kind(Trigger.beforeClose(), check(minute(0), null))).isEmpty();
        assertThat(kind(Trigger.beforeClose(), shutdown(minute(0), null))).contains(Kind.SHUTDOWN);
    }

    @Test
    void manual_always_isNotDue() {
        assertThat(kind(Trigger.manual(), shutdown(minute(0), null, stream("a", 0, 9, 9))))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        // The stream keeps 100 messages, the last is 1000. Saved; due below one half.
        "1000, false",
        "950, false",
        "949, true",
        "900, true",
        "100, true",
    })
    void whenHeadroomBelow_messageLimit_isDueByTheShareLeft(long saved, boolean due) {
        TriggerInput observation =
                check(minute(0), null, limited(StreamRetention.ofMessages(100), 901, 1000, saved, 0));
        assertThat(kind(Trigger.whenHeadroomBelow(0.5), observation).isPresent())
                .isEqualTo(due);
    }

    @Test
    void whenHeadroomBelow_usedUpBeforeTheNextTakeCanEnd_isDue() {
        ObservedStream fast = limited(StreamRetention.ofMessages(1000), 1, 1000, 900, 10); // 90 s are left.
        Trigger trigger = Trigger.whenHeadroomBelow(0.1);
        assertThat(trigger.decide(leading(fast, Duration.ofSeconds(44)))).isEmpty();
        assertThat(trigger.decide(leading(fast, Duration.ofSeconds(45))))
                .contains(new TriggerReason(Kind.HEADROOM, "headroom of changes is 90 %, used up in 90 s"));
    }

    private static TriggerInput leading(ObservedStream stream, Duration time) {
        return new TriggerInput(minute(0), Occasion.CHECK, List.of(stream), null, null, time);
    }

    @Test
    void whenHeadroomBelow_nothingNewToTake_isNotDue() {
        ObservedStream lagging = new ObservedStream(
                "changes",
                limited(StreamRetention.ofMessages(100), 901, 1000, 900, 0).state(),
                900,
                900,
                null,
                5);
        assertThat(kind(Trigger.whenHeadroomBelow(0.9), check(minute(0), null, lagging)))
                .isEmpty();
    }

    @Test
    void needsStreams_onePartDoesNot_isFalse() {
        assertThat(Trigger.everyMessages(1).or(Trigger.whenHeadroomBelow(0.5)).needsStreams())
                .isTrue();
        assertThat(Trigger.everyMessages(1)
                        .or(Trigger.every(Duration.ofHours(1)))
                        .needsStreams())
                .isFalse();
        assertThat(Trigger.manual().needsStreams()).isFalse();
        assertThat(Trigger.everyMessages(1).atMostEvery(Duration.ofHours(1)).needsStreams())
                .isTrue();
    }

    @Test
    void toString_composed_isReadable() {
        Trigger trigger = Trigger.everyMessages(10_000)
                .or(Trigger.every(Duration.ofHours(6)))
                .or(Trigger.whenHeadroomBelow(0.5))
                .atMostEvery(Duration.ofMinutes(10))
                .or(Trigger.beforeClose());
        assertThat(trigger)
                .hasToString("(every 10000 messages or every PT6H or when headroom is below 0.5),"
                        + " at most every PT10M or before close")
                .isEqualTo(Trigger.everyMessages(10_000)
                        .or(Trigger.every(Duration.ofHours(6)))
                        .or(Trigger.whenHeadroomBelow(0.5))
                        .atMostEvery(Duration.ofMinutes(10))
                        .or(Trigger.beforeClose()));
    }

    @Test
    void factories_invalidValues_areRejected() {
        assertThatThrownBy(() -> Trigger.everyMessages(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Trigger.every(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Trigger.whenHeadroomBelow(1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Trigger.whenHeadroomBelow(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Trigger.manual().atMostEvery(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
