package io.harmonylite.snapshot.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.TestDatabase;
import io.harmonylite.snapshot.exception.OutOfSequenceException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.internal.file.ForgetfulFileOperations;
import io.harmonylite.snapshot.internal.file.ForgetfulFileOperations.Names;
import io.harmonylite.snapshot.internal.file.HookedFileOperations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Counting several messages at once, in both kinds of map. */
class BatchedCountTest {

    private static final Instant TIME = Instant.parse("2026-11-25T08:00:00.000000001Z");

    @TempDir
    Path directory;

    private Path file;
    private Path database;

    @BeforeEach
    void setUp() {
        file = directory.resolve("orders.seq-map");
        database = directory.resolve("orders.db");
    }

    // Both kinds

    /** Batches of random messages count like the same messages one by one, whatever was counted ahead. */
    @RepeatedTest(20)
    void appliedAll_randomBatches_equalSingleCountsInBothKinds() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (FileSequenceMap one = FileSequenceMap.open(directory.resolve("one"));
                FileSequenceMap batched = FileSequenceMap.open(file);
                Connection connection = TestDatabase.open(database)) {
            TestDatabase.withoutSyncs(connection);
            connection.setAutoCommit(false);
            TableSequenceMap.InTransaction table = TableSequenceMap.create().in(connection);
            Positions all = Positions.none();
            TreeMap<String, Long> next = new TreeMap<>();
            for (int round = 0; round < 12; round++) {
                String ahead = "s" + random.nextInt(3);
                StreamPosition own = at(next.getOrDefault(ahead, 0L) + 1 + random.nextInt(6));
                one.published(ahead, own);
                batched.published(ahead, own);
                table.published(ahead, own);
                List<Message> messages = messages(random, next);
                List<Message> single = new ArrayList<>();
                for (Message message : messages) {
                    message.skipped().ifPresent(range -> one.skipped(message.stream(), range));
                    one.apply(message.stream(), message.at(), () -> single.add(message));
                }
                List<Message> together = new ArrayList<>();
                boolean ran = batched.applyAll(messages, together::addAll);
                assertThat(together).as("seed %d", seed).isEqualTo(single);
                assertThat(ran).as("seed %d", seed).isEqualTo(!single.isEmpty());
                assertThat(table.appliedAll(messages)).as("seed %d", seed).isEqualTo(single);
                assertThat(batched.positions()).as("seed %d", seed).isEqualTo(one.positions());
                assertThat(table.positions()).as("seed %d", seed).isEqualTo(one.positions());
                all = one.positions();
            }
            connection.commit();
            assertThat(FileSequenceMap.read(file).positions()).isEqualTo(all);
        }
    }

    /** Consecutive messages of up to three streams in any order between streams, some with a skipped range before. */
    private static List<Message> messages(Random random, Map<String, Long> next) {
        List<Message> messages = new ArrayList<>();
        int count = random.nextInt(8);
        for (int i = 0; i < count; i++) {
            String stream = "s" + random.nextInt(3);
            long before = next.getOrDefault(stream, 0L);
            long hole = random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 0;
            long sequence = before + hole + 1;
            messages.add(new Message(
                    stream,
                    at(sequence),
                    hole == 0 ? Optional.empty() : Optional.of(new SequenceRange(before + 1, sequence - 1))));
            next.put(stream, sequence);
        }
        return messages;
    }

    @Test
    void appliedAll_holeInsideTheBatch_isRejectedAndNothingIsCounted() throws Exception {
        List<Message> messages = List.of(message("a", 1), message("a", 2), message("b", 1), message("a", 4));
        try (FileSequenceMap map = FileSequenceMap.open(file);
                Connection connection = TestDatabase.open(database)) {
            assertThatThrownBy(() -> map.applyAll(messages, claimed -> {
                        throw new AssertionError("must not run");
                    }))
                    .isInstanceOf(OutOfSequenceException.class)
                    .hasMessageContaining("the next message of a is 3, not 4");
            assertThat(map.positions()).isEqualTo(Positions.none());
            connection.setAutoCommit(false);
            TableSequenceMap.InTransaction table = TableSequenceMap.create().in(connection);
            assertThatThrownBy(() -> table.appliedAll(messages)).isInstanceOf(OutOfSequenceException.class);
            assertThat(table.positions()).isEqualTo(Positions.none());
        }
    }

    @Test
    void appliedAll_noMessagesOrSequenceZero_doesNothingOrIsRejected() throws Exception {
        try (FileSequenceMap map = FileSequenceMap.open(file);
                Connection connection = TestDatabase.open(database)) {
            connection.setAutoCommit(false);
            TableSequenceMap.InTransaction table = TableSequenceMap.create().in(connection);
            assertThat(map.applyAll(List.<Message>of(), claimed -> {
                        throw new AssertionError("must not run");
                    }))
                    .isFalse();
            assertThat(table.appliedAll(List.<Message>of())).isEmpty();
            List<Message> invalid = List.of(message("a", 1), message("a", 0));
            assertThatThrownBy(() -> map.applyAll(invalid, claimed -> {})).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> table.appliedAll(invalid)).isInstanceOf(IllegalArgumentException.class);
            assertThat(map.positions()).isEqualTo(Positions.none());
        }
    }

    // File map

    @Test
    void applyAll_manyMessages_writesTheFileOnce() {
        HookedFileOperations files = HookedFileOperations.counting();
        try (FileSequenceMap map = FileSequenceMap.builder(file).files(files).open()) {
            long before = syncs(files);
            List<Message> messages = new ArrayList<>();
            for (long sequence = 1; sequence <= 100; sequence++) {
                messages.add(message("a", sequence));
                messages.add(message("b", sequence));
            }
            assertThat(map.applyAll(messages, claimed -> assertThat(claimed).isEqualTo(messages)))
                    .isTrue();
            assertThat(syncs(files) - before).isEqualTo(1);
            assertThat(FileSequenceMap.read(file).positions()).isEqualTo(map.positions());
        }
    }

    private static long syncs(HookedFileOperations files) {
        return files.log().stream().filter(line -> line.startsWith("sync ")).count();
    }

    @Test
    void applyAll_actionThrows_countsNothingAndCanBeRepeated() throws Exception {
        List<Message> messages = List.of(message("a", 1), message("a", 2), message("b", 1));
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            IOException failure = new IOException("no");
            assertThatThrownBy(() -> map.applyAll(messages, claimed -> {
                        throw failure;
                    }))
                    .isSameAs(failure);
            assertThat(map.positions()).isEqualTo(Positions.none());
            assertThat(map.applyAll(messages, claimed -> {})).isTrue();
            assertThat(map.applyAll(messages, claimed -> {})).isFalse();
        }
    }

    @Test
    void applyAll_oneMessageIsBeingApplied_isRejectedAndClaimsNothing() {
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            map.apply("b", at(1), () -> {
                assertThatThrownBy(() -> map.applyAll(List.of(message("a", 1), message("b", 1)), claimed -> {}))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("message 1 of b is being applied");
                assertThat(map.apply("a", at(1), () -> {})).isTrue();
            });
        }
    }

    @Test
    void applyAll_diskFails_isCountedInMemoryAndWrittenByTheNext() {
        boolean[] broken = {false};
        HookedFileOperations files = new HookedFileOperations((number, operation) -> {
            if (broken[0] && operation.equals("sync")) {
                throw new IOException("No space left on device");
            }
        });
        List<Message> messages = List.of(message("a", 1), message("a", 2));
        try (FileSequenceMap map = FileSequenceMap.builder(file).files(files).open()) {
            broken[0] = true;
            assertThatThrownBy(() -> map.applyAll(messages, claimed -> {})).isInstanceOf(SnapshotException.class);
            assertThat(map.positions()).isEqualTo(Positions.of("a", at(2)));
            broken[0] = false;
            assertThat(map.applyAll(messages, claimed -> {}))
                    .as("counted before")
                    .isFalse();
            assertThat(FileSequenceMap.read(file).positions()).as("now durable").isEqualTo(Positions.of("a", at(2)));
        }
    }

    /**
     * A power cut at any file operation, after the host has committed the batch: the map has all of it or nothing, and
     * then the whole batch is applied again. What was published ahead stays counted.
     */
    @ParameterizedTest
    @EnumSource
    void applyAll_powerCutAtEveryFileOperation_countsAllOrNothing(Names names) throws IOException {
        boolean allCounted = false;
        for (int at = 0; !allCounted; at++) {
            Path map =
                    Files.createDirectory(directory.resolve(names + "-" + at)).resolve("map");
            int cut = at;
            int[] first = {Integer.MAX_VALUE};
            boolean[] off = {false};
            ForgetfulFileOperations files = new ForgetfulFileOperations((number, operation) -> {
                off[0] |= (long) number - first[0] >= cut;
                if (off[0]) {
                    throw new IOException("no power");
                }
            });
            List<Message> applied = new ArrayList<>();
            boolean acknowledged = false;
            try (FileSequenceMap counting =
                    FileSequenceMap.builder(map).files(files).open()) {
                counting.published("a", at(3));
                first[0] = files.log().size();
                counting.applyAll(batch(), applied::addAll);
                acknowledged = true;
            } catch (SnapshotException e) {
                assertThat(e).hasRootCauseMessage("no power");
            }
            files.cutPower(names);
            assertThat(applied).containsExactly(message("a", 1), message("a", 2), message("b", 1), message("a", 4));
            try (FileSequenceMap after = FileSequenceMap.open(map)) {
                List<Message> again = new ArrayList<>();
                boolean repeated = after.applyAll(batch(), again::addAll);
                assertThat(repeated).as("cut at %d", at).isEqualTo(!again.isEmpty());
                assertThat(again).as("cut at %d", at).isIn(List.of(), applied);
                assertThat(acknowledged && repeated).as("cut at %d", at).isFalse();
                assertThat(after.positions().of("a")).contains(at(4));
            }
            allCounted = acknowledged;
        }
    }

    private static List<Message> batch() {
        return List.of(message("a", 1), message("a", 2), message("b", 1), message("a", 3), message("a", 4));
    }

    // Table map

    @Test
    void appliedAll_rolledBack_isNotCounted() throws SQLException {
        try (Connection connection = TestDatabase.open(database)) {
            connection.setAutoCommit(false);
            TableSequenceMap.InTransaction table = TableSequenceMap.create().in(connection);
            assertThat(table.appliedAll(batch())).hasSize(5);
            connection.rollback();
            assertThat(table.positions()).isEqualTo(Positions.none());
            assertThat(table.appliedAll(batch())).hasSize(5);
            connection.commit();
            assertThat(table.appliedAll(batch())).isEmpty();
        }
    }

    @Test
    void appliedAll_noTransaction_isRejected() throws SQLException {
        try (Connection connection = TestDatabase.open(database)) {
            TableSequenceMap.InTransaction table = TableSequenceMap.create().in(connection);
            assertThatThrownBy(() -> table.appliedAll(batch())).isInstanceOf(IllegalStateException.class);
        }
    }

    private static StreamPosition at(long sequence) {
        return new StreamPosition(sequence, TIME.plusSeconds(sequence), null);
    }

    private static Message message(String stream, long sequence) {
        return new Message(stream, sequence == 0 ? StreamPosition.at(0) : at(sequence), Optional.empty());
    }

    private record Message(String stream, StreamPosition at, Optional<SequenceRange> skipped)
            implements CountedMessage {}
}
