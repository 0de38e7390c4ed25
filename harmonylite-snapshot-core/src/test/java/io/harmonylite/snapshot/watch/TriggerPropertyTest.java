package io.harmonylite.snapshot.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.stream.StreamRetention;
import io.harmonylite.snapshot.stream.StreamState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class TriggerPropertyTest {

    @Provide
    Arbitrary<Trigger> triggers() {
        return Arbitraries.recursive(this::simple, TriggerPropertyTest::composed, 0, 3);
    }

    private Arbitrary<Trigger> simple() {
        return Arbitraries.oneOf(
                Arbitraries.longs().between(1, 300).map(Trigger::everyMessages),
                Arbitraries.longs().between(1, 300).map(Trigger::everyMessagesInTotal),
                Arbitraries.longs().between(1, 300).map(minutes -> Trigger.every(Duration.ofMinutes(minutes))),
                Arbitraries.integers().between(1, 99).map(percent -> Trigger.whenHeadroomBelow(percent / 100.0)),
                Arbitraries.of(Trigger.beforeClose(), Trigger.manual()));
    }

    private static Arbitrary<Trigger> composed(Arbitrary<Trigger> parts) {
        return Arbitraries.oneOf(
                Combinators.combine(parts, parts).as(Trigger::or),
                Combinators.combine(parts, Arbitraries.longs().between(1, 300))
                        .as((part, minutes) -> part.atMostEvery(Duration.ofMinutes(minutes))));
    }

    @Provide
    Arbitrary<StreamRetention> retentions() {
        Arbitrary<OptionalLong> messages = Arbitraries.longs()
                .between(0, 400)
                .map(most -> most == 0 ? OptionalLong.empty() : OptionalLong.of(most));
        Arbitrary<OptionalLong> bytes = Arbitraries.longs()
                .between(0, 40_000)
                .map(most -> most == 0 ? OptionalLong.empty() : OptionalLong.of(most));
        Arbitrary<Optional<Duration>> age = Arbitraries.longs()
                .between(0, 400)
                .map(most -> most == 0 ? Optional.empty() : Optional.of(Duration.ofMinutes(most)));
        return Combinators.combine(messages, bytes, age).as(StreamRetention::new);
    }

    private Arbitrary<ObservedStream> stream(String name) {
        return Combinators.combine(
                        retentions(),
                        Arbitraries.longs().between(1, 300),
                        Arbitraries.longs().between(0, 300),
                        Arbitraries.longs().between(0, 600),
                        Arbitraries.longs().between(0, 600),
                        Arbitraries.longs().between(-300, 300),
                        Arbitraries.integers().between(0, 20))
                .as((retention, first, kept, position, saved, minute, rate) -> {
                    StreamState state =
                            new StreamState(first, first + kept - 1, kept, 100 * kept, Observed.START, retention);
                    return new ObservedStream(name, state, position, saved, Observed.minute(minute), rate);
                });
    }

    @Provide
    Arbitrary<TriggerInput> observations() {
        Arbitrary<SnapshotInfo> newest = Arbitraries.longs()
                .between(-300, 300)
                .map(minute -> Observed.snapshotAt(Observed.minute(minute)))
                .injectNull(0.2);
        Arbitrary<Instant> unchanged =
                Arbitraries.longs().between(-300, 300).map(Observed::minute).injectNull(0.5);
        return Combinators.combine(
                        Arbitraries.longs().between(0, 300),
                        Arbitraries.of(Occasion.values()),
                        Combinators.combine(stream("a"), stream("b")).as(List::of),
                        newest,
                        unchanged,
                        Arbitraries.longs().between(0, 100))
                .as((now, occasion, streams, last, unchangedAt, lead) -> new TriggerInput(
                        Observed.minute(now), occasion, streams, last, unchangedAt, Duration.ofMinutes(lead)));
    }

    @Property(tries = 300)
    void or_anyTriggers_isDueIfEitherIs(
            @ForAll("triggers") Trigger one,
            @ForAll("triggers") Trigger other,
            @ForAll("observations") TriggerInput observation) {
        assertThat(one.or(other).decide(observation).isPresent())
                .isEqualTo(one.decide(observation).isPresent()
                        || other.decide(observation).isPresent());
    }

    @Property(tries = 300)
    void atMostEvery_anyTrigger_isNotDueSooner(
            @ForAll("triggers") Trigger trigger,
            @ForAll("observations") TriggerInput observation,
            @ForAll @IntRange(min = 1, max = 300) int minutes) {
        Duration least = Duration.ofMinutes(minutes);
        boolean tooSoon = observation
                .sinceNewest()
                .filter(since -> since.compareTo(least) < 0)
                .isPresent();
        Optional<TriggerReason> due = trigger.atMostEvery(least).decide(observation);
        assertThat(due).isEqualTo(tooSoon ? Optional.empty() : trigger.decide(observation));
    }

    @Property(tries = 300)
    void needsStreams_withoutStreams_isNeverDue(
            @ForAll("triggers") Trigger trigger, @ForAll("observations") TriggerInput observation) {
        TriggerInput without = new TriggerInput(
                observation.now(),
                observation.occasion(),
                List.of(),
                observation.newest(),
                observation.unchangedAt(),
                observation.leadTime());
        if (trigger.needsStreams()) {
            assertThat(trigger.decide(without)).isEmpty();
        }
    }

    /** A due trigger stays due while more messages are applied and no snapshot is taken. */
    @Property(tries = 300)
    void decide_moreMessages_staysDue(
            @ForAll("triggers") Trigger trigger,
            @ForAll("observations") TriggerInput observation,
            @ForAll @IntRange(min = 1, max = 300) int more) {
        List<ObservedStream> further = observation.streams().stream()
                .map(stream -> new ObservedStream(
                        stream.stream(),
                        stream.state(),
                        stream.position() + more,
                        stream.saved(),
                        stream.firstUnsavedAt(),
                        stream.messagesPerSecond()))
                .toList();
        TriggerInput later = new TriggerInput(
                observation.now(),
                observation.occasion(),
                further,
                observation.newest(),
                observation.unchangedAt(),
                observation.leadTime());
        if (trigger.decide(observation).isPresent()) {
            assertThat(trigger.decide(later)).isPresent();
        }
    }

    @Property(tries = 300)
    void headroom_moreAdvancedSnapshot_isNotSmaller(
            @ForAll("observations") TriggerInput observation, @ForAll @IntRange(min = 0, max = 300) int further) {
        for (ObservedStream stream : observation.streams()) {
            ObservedStream better = new ObservedStream(
                    stream.stream(),
                    stream.state(),
                    stream.position(),
                    stream.saved() + further,
                    stream.firstUnsavedAt(),
                    stream.messagesPerSecond());
            assertThat(better.headroom(observation.now()).share())
                    .isGreaterThanOrEqualTo(stream.headroom(observation.now()).share());
        }
    }

    /**
     * A stream of limited length at a steady rate, with a fixed check interval and take time. If the stream holds the
     * messages of four checks and takes, the latest snapshot always covers it.
     */
    @Property(tries = 300)
    void whenHeadroomBelow_steadyRate_keepsTheStreamCovered(
            @ForAll @IntRange(min = 1, max = 50) int perSecond,
            @ForAll @IntRange(min = 1, max = 120) int checkSeconds,
            @ForAll @IntRange(min = 0, max = 120) int takeSeconds,
            @ForAll @IntRange(min = 0, max = 500) int spare) {
        long limit = 4L * perSecond * (checkSeconds + takeSeconds) + spare;
        Trigger trigger = Trigger.whenHeadroomBelow(0.01);
        long saved = 0;
        long second = 0;
        while (second * perSecond < 4 * limit) {
            second += checkSeconds;
            TriggerInput observation = steady(limit, second, perSecond, saved, checkSeconds + takeSeconds);
            assertThat(observation.streams().get(0).state().first()).isLessThanOrEqualTo(saved + 1);
            if (trigger.decide(observation).isPresent()) {
                long captured = second * perSecond;
                second += takeSeconds;
                assertThat(steady(limit, second, perSecond, saved, 0)
                                .streams()
                                .get(0)
                                .state()
                                .first())
                        .isLessThanOrEqualTo(saved + 1);
                saved = captured;
            }
        }
        assertThat(saved).isPositive();
    }

    private static TriggerInput steady(long limit, long second, int perSecond, long saved, long lead) {
        long last = second * perSecond;
        long first = Math.max(1, last - limit + 1);
        long kept = last - first + 1;
        StreamState state =
                new StreamState(first, last, kept, 100 * kept, Observed.START, StreamRetention.ofMessages(limit));
        ObservedStream stream = new ObservedStream("changes", state, last, saved, null, perSecond);
        Instant now = Observed.START.plusSeconds(second);
        return new TriggerInput(now, Occasion.CHECK, List.of(stream), null, null, Duration.ofSeconds(lead));
    }
}
