package io.harmonylite.snapshot.internal.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshot;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotSource;
import io.harmonylite.snapshot.internal.recovery.Oracle.Entry;
import io.harmonylite.snapshot.internal.recovery.Oracle.Expected;
import io.harmonylite.snapshot.internal.recovery.World.Kind;
import io.harmonylite.snapshot.internal.recovery.World.Link;
import io.harmonylite.snapshot.internal.recovery.World.Mark;
import io.harmonylite.snapshot.internal.recovery.World.Stream;
import io.harmonylite.snapshot.recovery.DatabaseState;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.recovery.RecoveryOutcome;
import io.harmonylite.snapshot.recovery.RecoveryPlan;
import io.harmonylite.snapshot.recovery.ResetDecision;
import io.harmonylite.snapshot.recovery.StreamFacts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RecoveryPlanTest {

    /** Every build checks one in this many of the situations. */
    private static final int SAMPLED = 10;

    private static final RecoveryOptions NOTHING = RecoveryOptions.defaults();
    private static final RecoveryOptions EVERYTHING =
            NOTHING.replaceExistingRows().replaceDamaged();
    private static final HarmonyLiteSnapshotSource SOURCE = new HarmonyLiteSnapshotSource() {
        @Override
        public Optional<HarmonyLiteSnapshot> find() {
            throw new UnsupportedOperationException("a plan reads nothing");
        }

        @Override
        public Opened open() {
            throw new UnsupportedOperationException("a plan reads nothing");
        }
    };
    private static final List<ResetDecision> DECISIONS = List.of(
            ResetDecision.stop(),
            ResetDecision.replayFromFirst(),
            ResetDecision.restore(),
            ResetDecision.acceptAt(0),
            ResetDecision.acceptAt(4),
            ResetDecision.acceptAt(10),
            ResetDecision.acceptAt(11));

    /**
     * First, last, start and deleted message of: missing, never used, whole, a window, one message, emptied; one message
     * deleted inside, early, late, as the last, in a window; began at 5, and never used, whole, a window, does not say so,
     * with a deleted message.
     */
    private static final long[][] STREAMS = {
        {0, -1, 1, 0},
        {1, 0, 1, 0},
        {1, 10, 1, 0},
        {5, 10, 1, 0},
        {10, 10, 1, 0},
        {11, 10, 1, 0},
        {1, 10, 1, 3},
        {1, 10, 1, 8},
        {1, 10, 1, 10},
        {5, 10, 1, 8},
        {5, 4, 5, 0},
        {5, 10, 5, 0},
        {7, 10, 5, 0},
        {5, 10, 0, 0},
        {5, 10, 5, 7}
    };

    private static final long[] SEQUENCES = {0, 3, 4, 7, 10, 12};
    private static final Kind[] IDENTITIES = {Kind.PRESENT, Kind.FORMER, Kind.UNKNOWN, Kind.SET_BACK};

    private final Map<RecoveryOutcome, Integer> seen = new EnumMap<>(RecoveryOutcome.class);
    private int misconfigured;

    @Test
    void of_sampleOfOneStream_isAsTheOracleDecides() {
        checkOneStream(sample());
    }

    @Test
    @Tag("slow")
    void of_everyCombinationOfOneStream_isAsTheOracleDecides() {
        checkOneStream(() -> true);
    }

    @Test
    void of_sampleOfTwoStreams_isAsTheOracleDecides() {
        checkTwoStreams(sample());
    }

    @Test
    @Tag("slow")
    void of_everyCombinationOfTwoStreams_isAsTheOracleDecides() {
        checkTwoStreams(() -> true);
    }

    /** Chooses one situation in {@link #SAMPLED}; {@code -Dsnapshot.seed} repeats the choice. */
    private static BooleanSupplier sample() {
        long seed = Long.getLong("snapshot.seed", System.nanoTime());
        System.err.println("RecoveryPlanTest: -Dsnapshot.seed=" + seed);
        Random random = new Random(seed);
        return () -> random.nextInt(SAMPLED) == 0;
    }

    private void checkOneStream(BooleanSupplier isChosen) {
        List<List<List<Mark>>> snapshots = setsOfSnapshots();
        RecoveryOptions[] options = everyOption();
        for (DatabaseState database : DatabaseState.values()) {
            for (Stream stream : streams(marks(SEQUENCES, IDENTITIES))) {
                for (List<List<Mark>> set : snapshots) {
                    if (isChosen.getAsBoolean()) {
                        check(new World(database, List.of(stream), set), options);
                    }
                }
            }
        }
        assertThat(seen).containsOnlyKeys(RecoveryOutcome.values());
        assertThat(misconfigured).isPositive();
    }

    private void checkTwoStreams(BooleanSupplier isChosen) {
        List<Mark> marks = new ArrayList<>(marks(new long[] {0, 3, 7, 10}, Kind.PRESENT));
        marks.add(new Mark(7, Kind.FORMER));
        List<Stream> streams = streams(marks);
        for (DatabaseState database : DatabaseState.values()) {
            for (Stream one : streams) {
                for (Stream two : streams) {
                    for (List<List<Mark>> set : pairedSnapshots()) {
                        if (!isChosen.getAsBoolean()) {
                            continue;
                        }
                        Stream other =
                                new Stream(1, two.first(), two.last(), two.start(), two.deleted(), two.position());
                        World world = new World(database, List.of(one, other), set);
                        check(
                                world,
                                NOTHING,
                                EVERYTHING.maxReplayMessages(2).onReset(ResetDecision.restore()),
                                EVERYTHING.onReset(ResetDecision.acceptAt(7)),
                                NOTHING.maxReplayMessages(2).onReset("s1", ResetDecision.acceptAt(7)));
                    }
                }
            }
        }
        assertThat(seen).containsOnlyKeys(RecoveryOutcome.values());
    }

    @Test
    void of_sampleOfLinks_isAsTheOracleDecides() {
        checkLinks(sample());
    }

    @Test
    @Tag("slow")
    void of_everyLinkOfMapAndDatabase_isAsTheOracleDecides() {
        checkLinks(() -> true);
    }

    @Test
    void of_sampleOfTwoStreamsAndLinks_isAsTheOracleDecides() {
        checkTwoStreamsAndLinks(sample());
    }

    @Test
    @Tag("slow")
    void of_everyTwoStreamsAndLink_isAsTheOracleDecides() {
        checkTwoStreamsAndLinks(() -> true);
    }

    private void checkLinks(BooleanSupplier isChosen) {
        List<List<List<Mark>>> snapshots = setsOfSnapshots();
        for (Link link : Link.values()) {
            for (DatabaseState database : List.of(DatabaseState.WITHOUT_ROWS, DatabaseState.WITH_ROWS)) {
                for (Stream stream : streams(marks(SEQUENCES, IDENTITIES))) {
                    for (List<List<Mark>> set : snapshots) {
                        if (!isChosen.getAsBoolean()) {
                            continue;
                        }
                        check(
                                new World(database, List.of(stream), set, link),
                                NOTHING,
                                NOTHING.acceptUnboundMap(),
                                NOTHING.onReset(ResetDecision.replayFromFirst()),
                                EVERYTHING.onReset(ResetDecision.restore()));
                    }
                }
            }
        }
        assertThat(seen)
                .hasSize(RecoveryOutcome.values().length - 1)
                .doesNotContainKey(RecoveryOutcome.DATABASE_DAMAGED);
    }

    private void checkTwoStreamsAndLinks(BooleanSupplier isChosen) {
        List<Stream> streams = streams(marks(new long[] {7}, Kind.PRESENT)); // Mark.AHEAD is a position 0.
        for (Link link : Link.values()) {
            for (DatabaseState database : List.of(DatabaseState.WITHOUT_ROWS, DatabaseState.WITH_ROWS)) {
                for (Stream one : streams) {
                    for (Stream two : streams) {
                        for (List<List<Mark>> set : pairedSnapshots()) {
                            if (!isChosen.getAsBoolean()) {
                                continue;
                            }
                            Stream other =
                                    new Stream(1, two.first(), two.last(), two.start(), two.deleted(), two.position());
                            check(
                                    new World(database, List.of(one, other), set, link),
                                    NOTHING,
                                    NOTHING.acceptUnboundMap());
                        }
                    }
                }
            }
        }
    }

    private static RecoveryOptions[] everyOption() {
        List<RecoveryOptions> options = new ArrayList<>();
        for (ResetDecision decision : DECISIONS) {
            options.add(NOTHING.onReset(decision));
            options.add(EVERYTHING.onReset(decision));
        }
        options.add(NOTHING.maxReplayMessages(2));
        options.add(NOTHING.maxReplayMessages(6).replaceExistingRows());
        return options.toArray(RecoveryOptions[]::new);
    }

    private void check(World world, RecoveryOptions... all) {
        for (RecoveryOptions options : all) {
            check(world, world.situation(options), options);
        }
    }

    private void check(World world, RecoverySituation situation, RecoveryOptions options) {
        Expected expected = new Oracle(world, options).expect();
        if (expected.misconfigured()) {
            misconfigured++;
            assertThatThrownBy(() -> Planner.plan(situation, options))
                    .isInstanceOf(SnapshotConfigurationException.class)
                    .hasMessageContaining("does not exist");
            return;
        }
        RecoveryPlan plan = Planner.plan(situation, options);
        seen.merge(plan.outcome(), 1, Integer::sum);
        if (!describe(plan).equals(expected)) { // Describing a failure is slow, so only if there is one.
            assertThat(describe(plan)).as("%s", world).isEqualTo(expected);
        }
        if (!plan.outcome().goesOn()) {
            checkJoin(world, situation, options, plan);
        }
    }

    /** A snapshot of HarmonyLite replaces only the stop that a dropped message causes, or a reset that asks for a snapshot. */
    private void checkJoin(World world, RecoverySituation situation, RecoveryOptions options, RecoveryPlan without) {
        RecoveryPlan plan = Planner.plan(situation, options.harmonyLiteSnapshot(SOURCE));
        seen.merge(plan.outcome(), 1, Integer::sum);
        if (without instanceof RecoveryPlan.Gap) {
            boolean deleted = without.streams().stream()
                    .anyMatch(stream -> stream.outcome() == RecoveryOutcome.GAP
                            && stream.facts().deleted() != null);
            RecoveryOutcome outcome = deleted ? RecoveryOutcome.GAP : RecoveryOutcome.RESTORE_HARMONYLITE;
            if (plan.outcome() != outcome) {
                assertThat(plan.outcome()).as("%s", world).isEqualTo(outcome);
            }
        } else if (without.outcome() != plan.outcome()) {
            assertThat(without).as("%s", world).isInstanceOf(RecoveryPlan.StreamReset.class);
            assertThat(situation.streams())
                    .as("%s", world)
                    .anyMatch(stream -> options.resetDecision(stream.stream()) == ResetDecision.restore());
        }
        if (plan instanceof RecoveryPlan.RestoreHarmonyLite join) {
            for (StreamFacts stream : situation.streams()) {
                long before = join.resume().of(stream.stream()).orElseThrow().sequence();
                boolean isRight = stream.state() != null
                        && before == stream.state().first() - 1
                        && Optional.ofNullable(join.possiblyMissing().get(stream.stream()))
                                .equals(stream.missingAfter(0));
                if (!isRight) {
                    fail("%s: %s", world, join);
                }
            }
        }
    }

    private static Expected describe(RecoveryPlan plan) {
        List<Entry> entries = plan.streams().stream()
                .map(stream -> new Entry(
                        stream.outcome(),
                        stream.range() == null ? 0 : stream.range().first(),
                        stream.range() == null ? 0 : stream.range().last()))
                .toList();
        List<Long> resume = new ArrayList<>();
        if (plan instanceof RecoveryPlan.Proceed proceed) {
            proceed.resume().byStream().values().forEach(position -> resume.add(position.sequence()));
        }
        int snapshot = plan instanceof RecoveryPlan.Restore restore
                ? Integer.parseInt(restore.snapshot().id().toString().substring(25), 16)
                : -1;
        return new Expected(false, plan.outcome(), entries, snapshot, resume);
    }

    private static List<Stream> streams(List<Mark> marks) {
        List<Stream> streams = new ArrayList<>();
        for (long[] stream : STREAMS) {
            streams.add(new Stream(0, stream[0], stream[1], stream[2], stream[3], null));
            streams.add(new Stream(0, stream[0], stream[1], stream[2], stream[3], Mark.AHEAD));
            marks.forEach(mark -> streams.add(new Stream(0, stream[0], stream[1], stream[2], stream[3], mark)));
        }
        return streams;
    }

    private static List<Mark> marks(long[] sequences, Kind... kinds) {
        List<Mark> marks = new ArrayList<>();
        for (long sequence : sequences) {
            Arrays.stream(kinds).forEach(kind -> marks.add(new Mark(sequence, kind)));
        }
        return marks;
    }

    /** Returns the empty set, each snapshot alone, and pairs. */
    private static List<List<List<Mark>>> setsOfSnapshots() {
        List<List<Mark>> singles = new ArrayList<>();
        singles.add(Collections.singletonList(null));
        marks(SEQUENCES, IDENTITIES).forEach(mark -> singles.add(List.of(mark)));
        List<List<List<Mark>>> sets = new ArrayList<>();
        sets.add(List.of());
        for (List<Mark> single : singles) {
            sets.add(List.of(single));
        }
        for (int step : new int[] {1, 3, 7}) {
            for (int i = 0; i + step < singles.size(); i += 4) {
                sets.add(List.of(singles.get(i), singles.get(i + step)));
            }
        }
        return sets;
    }

    private static List<List<List<Mark>>> pairedSnapshots() {
        Mark three = new Mark(3, Kind.PRESENT);
        Mark seven = new Mark(7, Kind.PRESENT);
        Mark nine = new Mark(9, Kind.PRESENT);
        Mark former = new Mark(7, Kind.FORMER);
        return List.of(
                List.of(),
                List.of(Arrays.asList(null, null)),
                List.of(List.of(three, three)),
                List.of(List.of(seven, nine)),
                List.of(Arrays.asList(seven, null)),
                List.of(Arrays.asList(null, nine)),
                List.of(List.of(former, seven)),
                List.of(List.of(former, former)),
                List.of(List.of(seven, nine), List.of(nine, seven)),
                List.of(List.of(nine, nine), List.of(seven, nine), List.of(former, former)),
                List.of(List.of(new Mark(12, Kind.PRESENT), nine), List.of(new Mark(9, Kind.UNKNOWN), nine)));
    }
}
