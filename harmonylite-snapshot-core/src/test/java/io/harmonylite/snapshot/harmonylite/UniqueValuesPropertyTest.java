package io.harmonylite.snapshot.harmonylite;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.stream.StreamMessage;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;

/** Rows exchange UNIQUE values at random; a replica of their messages ends equal, or has the difference in quarantine. */
class UniqueValuesPropertyTest {

    private static final int TRANSACTIONS = 40;

    private enum Counting {
        TABLE,
        NONE
    }

    /** One replica and its origin. */
    private static final class World implements AutoCloseable {

        private final Random random;
        private final UniqueOrigin origin;
        private final HarmonyLiteApplier applier;
        private final Counting counting;
        private Connection replica = UniqueOrigin.replica(Map.of());
        private Instant now = UniqueOrigin.START;

        World(long seed, int shards) throws SQLException {
            random = new Random(seed);
            origin = new UniqueOrigin(random, shards);
            counting = random.nextBoolean() ? Counting.TABLE : Counting.NONE;
            applier = HarmonyLiteApplier.builder().clock(() -> now).build();
        }

        void write() throws SQLException {
            for (int transactions = 0; transactions < TRANSACTIONS; transactions++) {
                origin.transaction();
            }
        }

        /** Continues from an image of the origin as it is now. */
        void restore() throws SQLException {
            replica.close();
            replica = UniqueOrigin.replica(origin.rows());
            now = UniqueOrigin.time(origin.messages().size());
        }

        /** Returns the messages after a position in each stream, in the order of their times. */
        List<StreamMessage> after(Map<String, Long> positions) throws SQLException {
            if (counting == Counting.TABLE) {
                replica.setAutoCommit(false);
                for (Map.Entry<String, Long> position : positions.entrySet()) {
                    if (position.getValue() > 0) {
                        TableSequenceMap.create()
                                .in(replica)
                                .skipped(position.getKey(), new SequenceRange(1, position.getValue()));
                    }
                }
                replica.commit();
                replica.setAutoCommit(true);
            }
            return origin.messages().stream()
                    .filter(message -> message.at().sequence() > positions.getOrDefault(message.stream(), 0L))
                    .toList();
        }

        void apply(List<StreamMessage> messages) throws SQLException {
            int next = 0;
            while (next < messages.size()) {
                int end = Math.min(messages.size(), next + 1 + random.nextInt(5));
                List<StreamMessage> batch = messages.subList(next, end);
                if (counting == Counting.TABLE) {
                    applier.applyAll(replica, batch);
                } else {
                    applier.applyAllWithoutCounting(replica, batch);
                }
                next = end;
            }
        }

        /** Interleaves streams at random, each in its order. */
        List<StreamMessage> interleaved(List<StreamMessage> messages) {
            Map<String, List<StreamMessage>> streams = messages.stream()
                    .collect(Collectors.groupingBy(
                            StreamMessage::stream, TreeMap::new, Collectors.toCollection(ArrayList::new)));
            List<StreamMessage> result = new ArrayList<>();
            while (!streams.isEmpty()) {
                List<String> names = List.copyOf(streams.keySet());
                String stream = names.get(random.nextInt(names.size()));
                List<StreamMessage> left = streams.get(stream);
                for (int count = 1 + random.nextInt(30); count > 0 && !left.isEmpty(); count--) {
                    result.add(left.remove(0));
                }
                if (left.isEmpty()) {
                    streams.remove(stream);
                }
            }
            return result;
        }

        Map<String, Long> counts() {
            Map<String, Long> counts = new LinkedHashMap<>();
            origin.messages().forEach(message -> counts.merge(message.stream(), 1L, Long::sum));
            return counts;
        }

        Set<String> quarantined() throws SQLException {
            return applier.quarantined(replica).stream()
                    .map(row -> row.table() + " " + row.key())
                    .collect(Collectors.toCollection(TreeSet::new));
        }

        void assertEqual() throws SQLException {
            assertThat(UniqueOrigin.rows(replica)).isEqualTo(origin.rows());
            assertThat(quarantined()).isEmpty();
        }

        /** Each row is as at the origin or in quarantine. Only rows that a replace has removed there may be too many. */
        void assertNothingLost() throws SQLException {
            Map<String, String> here = UniqueOrigin.rows(replica);
            Map<String, String> there = origin.rows();
            Set<String> quarantined = quarantined();
            there.forEach((key, row) -> {
                if (!quarantined.contains(key)) {
                    assertThat(here).containsEntry(key, row);
                }
            });
            Set<String> tooMany = new TreeSet<>(here.keySet());
            tooMany.removeAll(there.keySet());
            assertThat(origin.removedSilently()).containsAll(tooMany);
            quarantined.retainAll(here.keySet());
            assertThat(quarantined).as("in quarantine and in the table").isEmpty();
        }

        @Override
        public void close() throws SQLException {
            origin.close();
            replica.close();
        }
    }

    @Property(tries = 25, shrinking = ShrinkingMode.OFF)
    void fullHistory_inOrderOfTimes_endsEqual(@ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int shards)
            throws SQLException {
        try (World world = new World(seed, shards)) {
            world.write();
            world.apply(world.after(Map.of()));
            world.assertEqual();
        }
    }

    @Property(tries = 25, shrinking = ShrinkingMode.OFF)
    void replay_fromOneMomentOntoANewerImage_endsEqual(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int shards) throws SQLException {
        try (World world = new World(seed, shards)) {
            world.write();
            Map<String, Long> moment = world.counts();
            world.write();
            world.restore();
            world.write();
            world.apply(world.after(moment));
            world.assertEqual();
        }
    }

    @Property(tries = 25, shrinking = ShrinkingMode.OFF)
    void fullHistory_inAnyInterleaving_losesNothing(@ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int shards)
            throws SQLException {
        try (World world = new World(seed, shards)) {
            world.write();
            world.apply(world.interleaved(world.after(Map.of())));
            world.assertNothingLost();
            if (shards == 1) {
                world.assertEqual();
            }
        }
    }

    @Property(tries = 25, shrinking = ShrinkingMode.OFF)
    void replay_ofEachStreamFromElsewhere_losesNothing(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int shards) throws SQLException {
        try (World world = new World(seed, shards)) {
            world.write();
            world.restore();
            Map<String, Long> positions = world.counts();
            positions.replaceAll((stream, count) -> (long) world.random.nextInt(count.intValue() + 1));
            world.write();
            List<StreamMessage> messages = world.after(positions);
            world.apply(world.random.nextBoolean() ? messages : world.interleaved(messages));
            world.assertNothingLost();
        }
    }

    /** After a crash, a file map may be behind the database, differently far in each stream. */
    @Property(tries = 25, shrinking = ShrinkingMode.OFF)
    void reapplication_afterACrash_losesNothing(@ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int shards)
            throws SQLException {
        try (World world = new World(seed, shards)) {
            world.write();
            world.applier.applyAllWithoutCounting(world.replica, world.origin.messages());
            Map<String, Long> positions = world.counts();
            positions.replaceAll((stream, count) -> Math.max(0, count - world.random.nextInt(20)));
            world.write();
            List<StreamMessage> again = new ArrayList<>(world.origin.messages());
            again.removeIf(message -> message.at().sequence() <= positions.getOrDefault(message.stream(), 0L));
            again.sort(Comparator.comparing(message -> message.at().timestamp()));
            world.applier.applyAllWithoutCounting(world.replica, again);
            world.assertNothingLost();
        }
    }
}
