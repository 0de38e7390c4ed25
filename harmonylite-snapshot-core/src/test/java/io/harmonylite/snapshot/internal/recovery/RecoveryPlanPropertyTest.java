package io.harmonylite.snapshot.internal.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.internal.recovery.RecoverySituation.Doubt;
import io.harmonylite.snapshot.internal.recovery.RecoverySituation.Doubt.Cause;
import io.harmonylite.snapshot.internal.recovery.World.Kind;
import io.harmonylite.snapshot.internal.recovery.World.Mark;
import io.harmonylite.snapshot.internal.recovery.World.Stream;
import io.harmonylite.snapshot.recovery.DatabaseState;
import io.harmonylite.snapshot.recovery.RecoveryOptions;
import io.harmonylite.snapshot.recovery.RecoveryPlan;
import io.harmonylite.snapshot.recovery.ResetDecision;
import io.harmonylite.snapshot.recovery.StreamFacts;
import io.harmonylite.snapshot.recovery.StreamIdentity;
import io.harmonylite.snapshot.recovery.StreamPlan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** Properties of the plan for random situations. */
@PropertyDefaults(tries = 3_000)
public class RecoveryPlanPropertyTest {

    private static final int LAST = 12;

    @Property
    void of_planThatProceeds_skipsNoMessage(
            @ForAll("worlds") World world, @ForAll("cautious") RecoveryOptions options) {
        if (!(plan(world, options).orElse(null) instanceof RecoveryPlan.Proceed plan)) {
            return;
        }
        for (Stream stream : world.streams()) {
            long next = resume(plan, stream) + 1;
            assertThat(stream.lostAfter(next - 1))
                    .as("the stream has everything from here on")
                    .isEmpty();
            assertThat(next).as("the next message is new").isLessThanOrEqualTo(stream.last() + 1);
            assertThat(next - 1)
                    .as("earlier messages are in the data")
                    .isLessThanOrEqualTo(Math.max(stream.beginning(), held(world, plan, stream)));
        }
    }

    /** Returns the last message whose effect the database holds once the plan is carried out. */
    private static long held(World world, RecoveryPlan plan, Stream stream) {
        if (plan instanceof RecoveryPlan.Restore restore) {
            return restore.snapshot()
                    .positions()
                    .of(name(stream))
                    .map(StreamPosition::sequence)
                    .orElse(0L);
        }
        boolean nothing = world.database() == DatabaseState.MISSING || world.database() == DatabaseState.DAMAGED;
        return nothing || stream.position() == null ? 0 : stream.position().sequence();
    }

    @Property
    void of_planThatKeepsTheDatabase_appliesNothingTwice(
            @ForAll("worlds") World world, @ForAll("cautious") RecoveryOptions options) {
        RecoveryPlan plan = plan(world, options).orElse(null);
        if (plan instanceof RecoveryPlan.Replay || plan instanceof RecoveryPlan.UpToDate) {
            RecoveryPlan.Proceed proceed = (RecoveryPlan.Proceed) plan;
            for (StreamPlan stream : plan.streams()) {
                boolean reset = options.resetDecision(stream.stream()) == ResetDecision.Kind.REPLAY_FROM_FIRST
                        && stream.identity() == StreamIdentity.ANOTHER;
                if (!reset) {
                    Stream of =
                            world.streams().get(Integer.parseInt(stream.stream().substring(1)));
                    assertThat(resume(proceed, of)).isEqualTo(Math.max(of.beginning(), held(world, plan, of)));
                }
            }
        }
    }

    @Property
    void of_restoreThatMovesAPositionBack_reportsIt(
            @ForAll("worlds") World world, @ForAll("options") RecoveryOptions options) {
        if (!(plan(world, options).orElse(null) instanceof RecoveryPlan.Restore plan)) {
            return;
        }
        for (Stream stream : world.streams()) {
            Mark recorded = stream.position();
            long restored = resume(plan, stream);
            if (recorded != null && recorded.sequence() > restored && !isForeign(world, stream)) {
                SequenceRange back = new SequenceRange(restored + 1, recorded.sequence());
                assertThat(plan.movedBack()).containsEntry(name(stream), back);
                assertThat(plan.reason()).contains(name(stream) + " moves back: " + back);
            } else {
                assertThat(plan.movedBack()).doesNotContainKey(name(stream));
            }
        }
    }

    private static boolean isForeign(World world, Stream stream) {
        return world.situation()
                        .streams()
                        .get(stream.number())
                        .identityOf(stream.position().position())
                == StreamIdentity.ANOTHER;
    }

    @Property
    void of_restore_selectsTheMostAdvancedCoveringSnapshot(
            @ForAll("worlds") World world, @ForAll("options") RecoveryOptions options) {
        if (!(plan(world, options).orElse(null) instanceof RecoveryPlan.Restore plan)) {
            return;
        }
        RecoverySituation situation = world.situation();
        assertThat(situation.covering()).contains(plan.snapshot());
        for (SnapshotInfo other : situation.covering()) {
            assertThat(situation.isAtLeast(other.positions(), plan.snapshot().positions())
                            && !situation.isAtLeast(plan.snapshot().positions(), other.positions()))
                    .as("%s exceeds %s", other, plan.snapshot())
                    .isFalse();
        }
    }

    @Property
    void of_inputsInAnotherOrder_isTheSamePlan(
            @ForAll("worlds") World world, @ForAll("options") RecoveryOptions options, @ForAll long seed) {
        RecoverySituation situation = world.situation();
        List<StreamFacts> streams = new ArrayList<>(situation.streams());
        List<SnapshotInfo> snapshots = new ArrayList<>(situation.snapshots());
        Collections.shuffle(streams, new Random(seed));
        Collections.shuffle(snapshots, new Random(seed));
        RecoverySituation shuffled = new RecoverySituation(world.database(), streams, snapshots);
        Optional<RecoveryPlan> plan = plan(world, options);
        assertThat(plan(shuffled, options)).isEqualTo(plan);
        plan.ifPresent(RecoveryPlanPropertyTest::hasOneAnswer);
    }

    private static void hasOneAnswer(RecoveryPlan plan) {
        assertThat(plan instanceof RecoveryPlan.Proceed)
                .isEqualTo(plan.outcome().goesOn());
        assertThat(plan instanceof RecoveryPlan.Stop)
                .isNotEqualTo(plan.outcome().goesOn());
        assertThat(plan.reason()).isNotBlank();
        plan.streams().forEach(stream -> assertThat(stream.outcome()).isLessThanOrEqualTo(plan.outcome()));
        assertThat(plan.streams()).extracting(StreamPlan::outcome).contains(plan.outcome());
    }

    @Property
    void of_oneMoreSnapshotOfThePresentStreams_stillProceeds(
            @ForAll("worlds") World world,
            @ForAll("options") RecoveryOptions options,
            @ForAll("sequences") List<Long> sequences) {
        boolean goesOn =
                plan(world, options).map(plan -> plan.outcome().goesOn()).orElse(false);
        if (goesOn) {
            List<List<Mark>> snapshots = new ArrayList<>(world.snapshots());
            snapshots.add(world.streams().stream()
                    .map(stream -> new Mark(Math.min(sequences.get(stream.number()), stream.last()), Kind.PRESENT))
                    .toList());
            World more = new World(world.database(), world.streams(), snapshots);
            assertThat(plan(more, options))
                    .hasValueSatisfying(
                            plan -> assertThat(plan.outcome().goesOn()).isTrue());
        }
    }

    @Property
    void of_doubtfulPositions_isThePlanWithoutPositions(
            @ForAll("worlds") World world, @ForAll("options") RecoveryOptions options) {
        RecoverySituation certain = world.situation();
        List<StreamFacts> unknown = certain.streams().stream()
                .map(facts -> new StreamFacts(facts.stream(), null, facts.state(), facts.timestamps(), facts.deleted()))
                .toList();
        RecoverySituation doubted = new RecoverySituation(
                certain.database(),
                certain.streams(),
                certain.snapshots(),
                new Doubt("it was replaced by other means", Cause.ANOTHER_DATABASE));
        RecoverySituation lost = new RecoverySituation(certain.database(), unknown, certain.snapshots());
        assertThat(plan(doubted, options).map(RecoveryPlan::outcome))
                .isEqualTo(plan(lost, options).map(RecoveryPlan::outcome));
        plan(doubted, options)
                .filter(plan -> plan.database() == DatabaseState.WITH_ROWS)
                .ifPresent(plan -> assertThat(plan.reason()).contains("it was replaced by other means"));
    }

    private static Optional<RecoveryPlan> plan(World world, RecoveryOptions options) {
        return plan(world.situation(), options);
    }

    /** Returns empty if a stream does not exist and never did. */
    private static Optional<RecoveryPlan> plan(RecoverySituation situation, RecoveryOptions options) {
        try {
            return Optional.of(Planner.plan(situation, options));
        } catch (SnapshotConfigurationException e) {
            assertThat(situation.streams()).extracting(StreamFacts::state).containsNull();
            return Optional.empty();
        }
    }

    private static long resume(RecoveryPlan.Proceed plan, Stream stream) {
        return plan.resume().of(name(stream)).orElseThrow().sequence();
    }

    private static String name(Stream stream) {
        return "s" + stream.number();
    }

    @Provide
    Arbitrary<World> worlds() {
        return Arbitraries.randomValue(RecoveryPlanPropertyTest::world);
    }

    private static World world(Random random) {
        List<Stream> streams = IntStream.rangeClosed(0, random.nextInt(3))
                .mapToObj(number -> stream(number, random))
                .toList();
        List<List<Mark>> snapshots = IntStream.range(0, random.nextInt(5))
                .mapToObj(number -> streams.stream()
                        .map(stream -> random.nextInt(10) == 0 ? null : mark(random))
                        .collect(Collectors.toList()))
                .toList();
        DatabaseState[] states = DatabaseState.values();
        return new World(states[random.nextInt(states.length)], streams, snapshots);
    }

    private static Stream stream(int number, Random random) {
        boolean missing = random.nextInt(20) == 0;
        long last = missing ? -1 : random.nextInt(LAST + 1);
        long first = missing ? 0 : 1 + random.nextInt((int) last + 1);
        long start = random.nextInt(3) == 0 && !missing ? random.nextInt((int) first + 1) : 1;
        long deleted = random.nextInt(3) == 0 && last > first ? first + 1 + random.nextInt((int) (last - first)) : 0;
        return new Stream(number, first, last, start, deleted, position(random));
    }

    private static @Nullable Mark position(Random random) {
        return switch (random.nextInt(10)) {
            case 0, 1 -> null;
            case 2 -> Mark.AHEAD;
            default -> mark(random);
        };
    }

    private static Mark mark(Random random) {
        int kind = random.nextInt(17);
        return new Mark(
                random.nextInt(LAST + 1),
                kind < 12 ? Kind.PRESENT : kind < 15 ? Kind.UNKNOWN : kind < 16 ? Kind.FORMER : Kind.SET_BACK);
    }

    @Provide
    Arbitrary<List<Long>> sequences() {
        return Arbitraries.randomValue(
                random -> random.longs(3, 0, LAST + 1).boxed().toList());
    }

    /** All options except positions accepted by the host. */
    @Provide
    Arbitrary<RecoveryOptions> cautious() {
        return Arbitraries.randomValue(RecoveryPlanPropertyTest::cautious);
    }

    private static RecoveryOptions cautious(Random random) {
        ResetDecision[] decisions = ResetDecision.Kind.values();
        RecoveryOptions options = RecoveryOptions.defaults().onReset(decisions[random.nextInt(decisions.length)]);
        options = random.nextBoolean() ? options.replaceExistingRows() : options;
        options = random.nextBoolean() ? options.replaceDamaged() : options;
        return random.nextBoolean() ? options.maxReplayMessages(random.nextInt(LAST)) : options;
    }

    @Provide
    Arbitrary<RecoveryOptions> options() {
        return Arbitraries.randomValue(random -> {
            ResetDecision accept = ResetDecision.acceptAt(random.nextInt(LAST + 1));
            return switch (random.nextInt(3)) {
                case 0 -> cautious(random);
                case 1 -> cautious(random).onReset(accept);
                default -> cautious(random).onReset("s0", accept);
            };
        });
    }
}
