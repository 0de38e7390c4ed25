package io.harmonylite.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.harmonylite.snapshot.Replica.Kind;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.store.StoreAccessException;
import io.harmonylite.snapshot.testing.HookedStore;
import io.harmonylite.snapshot.testing.InMemorySnapshotStore;
import io.harmonylite.snapshot.testing.InMemoryStreams;
import io.harmonylite.snapshot.trim.MemberPositions;
import io.harmonylite.snapshot.trim.TrimPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.Size;

/**
 * Random sequences of publishing, takes, drills, trims, prunes and failures: a node without data recovers completely at
 * any time. Only trims remove messages here, and each keeps as few as it may. One snapshot becomes damaged at a random
 * time, which is why two must be proven.
 */
class TrimPropertyTest {

    enum Step {
        PUBLISH,
        APPLY,
        TAKE,
        TAKE_WITHOUT_STORE,
        PROVE,
        PROVE_ANY,
        TRIM,
        TRIM_HALFWAY,
        PRUNE,
        PRUNE_BY_ID,
        DAMAGE,
        RECOVER_FRESH
    }

    /** Without these first steps, most runs would trim nothing. */
    private static final List<Step> PROVEN_TWICE = List.of(
            Step.PUBLISH,
            Step.APPLY,
            Step.TAKE,
            Step.PROVE,
            Step.PUBLISH,
            Step.PUBLISH,
            Step.APPLY,
            Step.TAKE,
            Step.PROVE);

    @Property(tries = 8, shrinking = ShrinkingMode.OFF)
    void freshNode_afterAnySteps_recoversCompletely(
            @ForAll @Size(min = 8, max = 30) List<Step> steps, @ForAll long seed) throws Exception {
        Path directory = Files.createTempDirectory("trim");
        try (World world = new World(directory, seed)) {
            for (Step step : PROVEN_TWICE) {
                world.run(step);
            }
            for (Step step : steps) {
                world.run(step);
            }
            world.assertFreshNodeRecovers();
        } finally {
            remove(directory);
        }
    }

    @Tag("slow")
    @Property(tries = 300, shrinking = ShrinkingMode.OFF)
    void freshNode_afterManyMoreSteps_recoversCompletely(
            @ForAll @Size(min = 8, max = 40) List<Step> steps, @ForAll long seed) throws Exception {
        freshNode_afterAnySteps_recoversCompletely(steps, seed);
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** A node with two streams, and the store. */
    private static final class World implements AutoCloseable {

        private static final List<String> NAMES = List.of("a", "b");

        private final Path directory;
        private final Random random;
        private final InMemoryStreams streams = InMemoryStreams.unlimited("a", "b");
        private final Replica node;
        private Instant now = Instant.parse("2026-11-24T00:00:00Z");
        private final InMemorySnapshotStore store = new InMemorySnapshotStore(() -> now);
        private final List<SnapshotException> failures = new ArrayList<>();
        private boolean damaged;

        World(Path directory, long seed) throws Exception {
            this.directory = directory;
            this.random = new Random(seed);
            this.node = new Replica(Files.createDirectory(directory.resolve("node")), Kind.TABLE, store, streams);
            node.createTables();
            node.manager().recover();
        }

        void run(Step step) throws Exception {
            now = now.plusSeconds(60);
            try {
                act(step);
            } catch (SnapshotException e) {
                failures.add(e); // Rejected, or failed as planned: only the final check matters.
            }
        }

        private void act(Step step) throws Exception {
            String stream = NAMES.get(random.nextInt(NAMES.size()));
            switch (step) {
                case PUBLISH -> streams.publish(stream, 1 + random.nextInt(4));
                case APPLY -> node.catchUp();
                case TAKE -> manager().take(TakeRequest.full());
                case TAKE_WITHOUT_STORE -> takeWithoutStore();
                case PROVE -> manager().drill();
                case PROVE_ANY -> any(id -> true).ifPresent(repository()::drill);
                case TRIM -> manager().trim(policy(Long.MAX_VALUE));
                case TRIM_HALFWAY -> manager().trim(policy(1));
                case PRUNE -> manager().prune();
                case PRUNE_BY_ID -> any(id -> !isProven(id)).ifPresent(this::retire);
                case DAMAGE -> damage();
                case RECOVER_FRESH -> assertFreshNodeRecovers();
            }
        }

        private SnapshotManager manager() {
            return node.builder()
                    .retention(RetentionPolicy.keepLast(1))
                    .gracePeriod(Duration.ofMinutes(2))
                    .clock(() -> now)
                    .build();
        }

        private SnapshotRepository repository() {
            return SnapshotRepository.of("orders", store);
        }

        private Optional<SnapshotId> any(Predicate<SnapshotId> condition) {
            List<SnapshotId> all = repository().list().snapshots().stream()
                    .map(SnapshotInfo::id)
                    .filter(condition)
                    .toList();
            return all.isEmpty() ? Optional.empty() : Optional.of(all.get(random.nextInt(all.size())));
        }

        private boolean isProven(SnapshotId id) {
            return repository().proofs().stream()
                    .anyMatch(proof -> proof.snapshot().equals(id));
        }

        private void retire(SnapshotId id) {
            repository().prune(PruneRequest.retire(id).gracePeriod(Duration.ZERO));
        }

        /** Takes a snapshot while the store rejects every write from a random call on. */
        private void takeWithoutStore() {
            int last = random.nextInt(4);
            int[] puts = new int[1];
            HookedStore failing = new HookedStore(store, (number, call, name) -> {
                if (call.equals("put") && puts[0]++ >= last) {
                    throw new StoreAccessException("planned");
                }
            });
            SnapshotManager.builder("orders", node.database, failing)
                    .sequenceMap(node.map())
                    .streams(streams)
                    .build()
                    .take(TakeRequest.full());
        }

        private TrimPolicy policy(long streamsTrimmed) {
            long[] done = new long[1];
            return TrimPolicy.of(
                            (stream, created, sequence) -> {
                                if (done[0]++ >= streamsTrimmed) {
                                    throw new IOException("planned");
                                }
                                streams.dropBefore(stream, sequence);
                                return 0;
                            },
                            MemberPositions.noOtherMembers())
                    .keepMessages(0)
                    .keepYoungerThan(Duration.ZERO);
        }

        private void damage() throws IOException {
            Optional<SnapshotId> victim = damaged ? Optional.empty() : any(id -> true);
            if (victim.isPresent()) {
                store.damage("orders/packs/" + victim.get() + "-000000", new byte[5]);
                damaged = true;
            }
        }

        void assertFreshNodeRecovers() throws Exception {
            node.catchUp();
            Path fresh = Files.createTempDirectory(directory, "fresh");
            try (Replica late = new Replica(fresh, Kind.TABLE, store, streams)) {
                late.manager().recover();
                late.createTables();
                late.catchUp();
                for (String stream : NAMES) {
                    assertThat(late.rows(stream)).as(stream).isEqualTo(node.rows(stream));
                }
                assertThat(node.rows("a")).hasSize((int) last("a"));
            }
        }

        private long last(String stream) throws IOException {
            return streams.state(stream).orElseThrow().last();
        }

        @Override
        public void close() throws SQLException {
            node.close();
        }
    }
}
