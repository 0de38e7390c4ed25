package io.harmonylite.snapshot.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.OutOfSequenceException;
import io.harmonylite.snapshot.exception.SequenceMapInUseException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.exception.SnapshotInterruptedException;
import io.harmonylite.snapshot.internal.file.HookedFileOperations;
import io.harmonylite.snapshot.sequence.SequenceMapContents.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Counting in a file map, and the content of the file after each step. */
class FileSequenceMapTest {

    private static final Instant CREATED = Instant.parse("2026-01-02T03:04:05.123456789Z");
    private static final Instant TIME = Instant.parse("2026-11-25T08:00:00.000000001Z");

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void setUp() {
        file = directory.resolve("orders.seq-map");
    }

    private static StreamPosition at(long sequence) {
        return StreamPosition.at(sequence);
    }

    private static StreamPosition known(long sequence) {
        return new StreamPosition(sequence, TIME.plusSeconds(sequence), CREATED);
    }

    private static long sequence(FileSequenceMap map, String stream) {
        return map.positions().of(stream).map(StreamPosition::sequence).orElse(-1L);
    }

    private Positions onDisk() {
        return FileSequenceMap.read(file).positions();
    }

    @Test
    void open_missingFile_writesEmptyMapThatHarmonyLiteReads() throws IOException {
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            assertThat(map.positions()).isEqualTo(Positions.none());
            assertThat(map.contentsAtOpen().origin()).isEqualTo(Origin.NEW);
            assertThat(Files.readAllBytes(file)).startsWith(0xa0);
        }
        assertThat(FileSequenceMap.read(file).origin()).isEqualTo(Origin.OURS);
    }

    @Test
    void apply_nextMessages_runsEachActionOnceAndKeepsThemAcrossReopening() {
        List<Long> applied = new ArrayList<>();
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            for (long n = 1; n <= 5; n++) {
                long message = n;
                assertThat(map.apply("s", known(n), () -> applied.add(message))).isTrue();
                assertThat(onDisk().of("s")).contains(known(n));
            }
        }
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            assertThat(map.positions()).isEqualTo(Positions.of("s", known(5)));
            assertThat(map.apply("s", known(5), () -> applied.add(5L))).isFalse();
            assertThat(map.apply("s", known(2), () -> applied.add(2L))).isFalse();
        }
        assertThat(applied).containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void apply_actionThrows_exceptionPropagatesAndNothingIsCounted() {
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            IOException failure = new IOException("no");
            FileSequenceMap.Action<IOException> failing = () -> {
                throw failure;
            };
            assertThatThrownBy(() -> map.apply("s", at(1), failing)).isSameAs(failure);
            assertThat(map.positions().isEmpty()).isTrue();
            assertThat(map.apply("s", at(1), () -> {})).as("a retry succeeds").isTrue();
        }
    }

    @Test
    void apply_sequenceGap_isRejectedBeforeTheActionRuns() {
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            map.applied("s", at(1));
            assertThatThrownBy(() -> map.apply("s", at(3), () -> {
                        throw new AssertionError("must not run");
                    }))
                    .isInstanceOf(OutOfSequenceException.class)
                    .hasMessageContaining("the next message of s is 2, not 3");
            assertThatThrownBy(() -> map.applied("s", at(3))).isInstanceOf(OutOfSequenceException.class);
            assertThat(sequence(map, "s")).isEqualTo(1);
        }
    }

    @Test
    void apply_firstMessageIsNotNumberOne_isRejected() {
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            assertThatThrownBy(() -> map.apply("s", at(200), () -> {})).isInstanceOf(OutOfSequenceException.class);
            assertThat(map.positions().of("s")).isEmpty();
        }
    }

    @Test
    void d04_publishedWhileOthersWait_positionStaysUntilTheyAreApplied() {
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            map.applied("s", at(1));
            for (long own = 602; own <= 606; own++) {
                assertThat(map.published("s", known(own))).isTrue();
            }
            assertThat(sequence(map, "s")).isEqualTo(1);
        }
        try (FileSequenceMap map =
                FileSequenceMap.builder(file).durability(Durability.MANUAL).open()) {
            List<Long> applied = new ArrayList<>();
            for (long n = 2; n <= 606; n++) {
                long message = n;
                map.apply("s", known(n), () -> applied.add(message));
            }
            assertThat(applied).hasSize(600).doesNotContain(602L, 606L).contains(2L, 601L);
            assertThat(map.positions().of("s")).contains(known(606));
        }
    }

    @Test
    void published_streamWithoutPosition_isAt0() {
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            map.published("s", known(7));
            assertThat(map.positions().of("s")).contains(new StreamPosition(0, null, known(7).streamCreated()));
        }
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            assertThat(map.published("s", known(7))).as("kept after reopening").isFalse();
            map.skipped("s", new SequenceRange(1, 6));
            assertThat(map.positions().of("s")).contains(known(7));
        }
    }

    @Test
    void applied_alreadyCountedAhead_isFalseAndItsNeighboursAreRejected() {
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            map.skipped("s", new SequenceRange(5, 7));
            for (long counted = 5; counted <= 7; counted++) {
                assertThat(map.applied("s", at(counted))).as("%d", counted).isFalse();
            }
            assertThatThrownBy(() -> map.applied("s", at(4))).isInstanceOf(OutOfSequenceException.class);
            assertThatThrownBy(() -> map.applied("s", at(8))).isInstanceOf(OutOfSequenceException.class);
            assertThat(map.positions()).isEqualTo(Positions.of("s", at(0)));
        }
    }

    @Test
    void published_countedBefore_isFalseAndChangesNothing() {
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            map.applied("s", at(1));
            assertThat(map.published("s", known(1))).isFalse();
            assertThat(map.positions().of("s")).contains(at(1));
            map.published("s", known(7));
            assertThat(map.published("s", at(7))).isFalse();
            map.skipped("s", new SequenceRange(2, 6));
            assertThat(map.positions().of("s")).as("with its timestamp").contains(known(7));
        }
    }

    @Test
    void skipped_overlappingRanges_areMerged() {
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            map.applied("s", at(1));
            assertThat(map.skipped("s", new SequenceRange(5, 9))).isTrue();
            assertThat(map.skipped("s", new SequenceRange(8, 12))).isTrue();
            assertThat(map.skipped("s", new SequenceRange(3, 4))).isTrue();
            assertThat(map.skipped("s", new SequenceRange(6, 11)))
                    .as("all counted before")
                    .isFalse();
            assertThat(sequence(map, "s")).isEqualTo(1);
            assertThat(map.applied("s", at(2))).isTrue();
            assertThat(sequence(map, "s")).isEqualTo(12);
        }
    }

    @Test
    void published_tooManyRanges_isRejectedWithoutLoss() {
        try (FileSequenceMap map =
                FileSequenceMap.builder(file).durability(Durability.MANUAL).open()) {
            for (int n = 1; n <= SequenceMap.MAX_AHEAD_RANGES; n++) {
                map.published("s", at(2L * n));
            }
            assertThatThrownBy(() -> map.published("s", at(1_000_000)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("the next is 1");
            assertThat(map.published("s", at(3)))
                    .as("fills a gap between ranges")
                    .isTrue();
            assertThat(map.applied("s", at(1))).isTrue();
            assertThat(sequence(map, "s")).isEqualTo(4);
        }
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            assertThat(map.published("s", at(2L * SequenceMap.MAX_AHEAD_RANGES)))
                    .isFalse();
        }
    }

    @Test
    void applied_invalidArguments_areRejected() {
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            assertThatThrownBy(() -> map.applied("s", at(0))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> map.apply("s", at(0), () -> {})).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> map.published("s", at(0))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> at(-1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> map.skipped("s", new SequenceRange(0, 5)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> map.skipped("s", new SequenceRange(-3, 5)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> map.skipped("s", new SequenceRange(5, 4)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> map.applied("", at(1))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> map.applied("x".repeat(256), at(1))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> map.applied("s", new StreamPosition(1, Instant.MAX, null)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> map.published("s", new StreamPosition(1, null, Instant.MIN)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> map.skipped("", new SequenceRange(1, 2)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(map.positions().isEmpty()).isTrue();
        }
    }

    @Test
    void applied_invalidStreamName_isRejectedAndOthersContinue() {
        String half = "half \ud800";
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            assertThatThrownBy(() -> map.applied(half, at(1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("stream name");
            assertThatThrownBy(() -> map.apply(half, at(1), () -> {
                        throw new AssertionError("must not run");
                    }))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> map.published(half, at(1))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> map.skipped(half, new SequenceRange(1, 2)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(map.applied("s", at(1))).isTrue();
        }
        assertThat(onDisk()).isEqualTo(Positions.of("s", at(1)));
    }

    @Test
    void skipped_allSequences_reachesTheMaximum() {
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            map.skipped("s", new SequenceRange(1, Long.MAX_VALUE - 1));
            assertThat(map.apply("s", at(Long.MAX_VALUE), () -> {})).isTrue();
            assertThat(map.applied("s", at(Long.MAX_VALUE))).isFalse();
        }
        assertThat(onDisk().of("s")).contains(at(Long.MAX_VALUE));
    }

    @Test
    void d20_streamOfAnotherCreationTime_isRejected() {
        StreamPosition anew = new StreamPosition(6, TIME, CREATED.plusSeconds(1));
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            map.skipped("s", new SequenceRange(1, 4));
            map.applied("s", known(5));
            assertThatThrownBy(() -> map.apply("s", anew, () -> {}))
                    .isInstanceOf(OutOfSequenceException.class)
                    .hasMessageContaining("another stream");
            assertThatThrownBy(() -> map.published("s", anew)).isInstanceOf(OutOfSequenceException.class);
            assertThatThrownBy(() -> map.applied("s", new StreamPosition(2, null, CREATED.plusNanos(1))))
                    .as("an old sequence of the new stream")
                    .isInstanceOf(OutOfSequenceException.class);
            assertThat(map.positions()).isEqualTo(Positions.of("s", known(5)));
        }
    }

    @Test
    void applied_sameSequenceWithAnotherTimestamp_isRejected() {
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            map.applied("s", known(1));
            assertThatThrownBy(() -> map.applied("s", new StreamPosition(1, TIME, CREATED)))
                    .isInstanceOf(OutOfSequenceException.class);
        }
    }

    @Test
    void close_furtherCalls_areRejected() {
        FileSequenceMap map = FileSequenceMap.open(file);
        map.close();
        map.close();
        assertThatThrownBy(() -> map.applied("s", at(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is closed");
        assertThatThrownBy(() -> map.apply("s", at(1), () -> {})).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> map.published("s", at(1))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> map.skipped("s", new SequenceRange(1, 2))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void close_insideAnAction_isRejected() {
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            map.apply("s", at(1), () -> assertThatThrownBy(map::close).isInstanceOf(IllegalStateException.class));
            assertThat(sequence(map, "s")).isEqualTo(1);
        }
    }

    @Test
    void apply_insideAnAction_countsBoth() {
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            map.apply("s", at(1), () -> map.apply("t", at(1), () -> {}));
            assertThat(onDisk()).isEqualTo(Positions.of("s", at(1)).with("t", at(1)));
        }
    }

    @Test
    void apply_sameMessageOnTwoThreads_rejectsTheSecond() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            map.apply("s", at(1), () -> {
                Future<Boolean> second = other.submit(() -> map.apply("s", at(1), () -> {}));
                assertThatThrownBy(second::get).hasRootCauseInstanceOf(IllegalStateException.class);
            });
            assertThat(sequence(map, "s")).isEqualTo(1);
        } finally {
            other.shutdown();
        }
    }

    @Test
    void open_twiceInOneProcess_rejectsTheSecondAndTheFirstKeepsItsLock() {
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            assertThatThrownBy(() -> FileSequenceMap.open(file))
                    .isInstanceOf(SequenceMapInUseException.class)
                    .hasMessageContaining("this process");
            assertThatThrownBy(
                            () -> FileSequenceMap.adopt(directory.resolve(".").resolve(file.getFileName())))
                    .isInstanceOf(SequenceMapInUseException.class);
            map.applied("s", at(1));
        }
        FileSequenceMap.open(file).close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void open_symbolicLink_replacesItsTarget(boolean targetExists) throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        if (targetExists) {
            Files.createFile(file);
        }
        try (FileSequenceMap map = FileSequenceMap.open(link)) {
            assertThatThrownBy(() -> FileSequenceMap.open(file)).isInstanceOf(SequenceMapInUseException.class);
            map.applied("s", at(1));
        }
        assertThat(link).isSymbolicLink();
        assertThat(sequenceOnDisk("s")).isEqualTo(1);
    }

    private long sequenceOnDisk(String stream) {
        return onDisk().of(stream).map(StreamPosition::sequence).orElse(-1L);
    }

    @Test
    void open_missingDirectory_isRejected() {
        assertThatThrownBy(() -> FileSequenceMap.open(directory.resolve("none/map")))
                .isInstanceOf(SnapshotConfigurationException.class)
                .hasMessageContaining("does not exist; create it");
        assertThatThrownBy(() -> FileSequenceMap.open(directory)).isInstanceOf(SnapshotConfigurationException.class);
    }

    @Test
    void open_leftoverTemporaryFile_isReplaced() throws IOException {
        Files.writeString(directory.resolve("orders.seq-map.new"), "half");
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            map.applied("s", at(1));
        }
        assertThat(sequenceOnDisk("s")).isEqualTo(1);
        assertThat(directory.resolve("orders.seq-map.new")).doesNotExist();
    }

    @Test
    void read_openMap_takesNoLockAndWritesNothing() throws IOException {
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            map.applied("s", known(1));
            List<Path> before = names();
            assertThat(FileSequenceMap.read(file).positions()).isEqualTo(map.positions());
            assertThat(names()).isEqualTo(before);
        }
        Path missing = directory.resolve("missing");
        assertThat(FileSequenceMap.read(missing).origin()).isEqualTo(Origin.NEW);
        assertThat(missing).doesNotExist();
    }

    private List<Path> names() throws IOException {
        try (var names = Files.list(directory)) {
            return names.sorted().toList();
        }
    }

    @Test
    void manual_counts_areWrittenByFlushAndClose() {
        try (FileSequenceMap map =
                FileSequenceMap.builder(file).durability(Durability.MANUAL).open()) {
            map.applied("s", at(1));
            assertThat(sequenceOnDisk("s")).isEqualTo(-1);
            map.flush();
            assertThat(sequenceOnDisk("s")).isEqualTo(1);
            map.applied("s", at(2));
            assertThat(sequence(map, "s")).isEqualTo(2);
            assertThat(sequenceOnDisk("s")).isEqualTo(1);
        }
        assertThat(sequenceOnDisk("s")).isEqualTo(2);
    }

    @Test
    void interval_notElapsed_keepsCountsInMemory() {
        try (FileSequenceMap map = FileSequenceMap.builder(file)
                .durability(Durability.interval(Duration.ofDays(1)))
                .open()) {
            map.applied("s", at(1));
            assertThat(sequenceOnDisk("s")).isEqualTo(-1);
        }
        assertThat(sequenceOnDisk("s")).isEqualTo(1);
    }

    @Test
    void interval_elapsed_nextCountWritesAll() {
        try (FileSequenceMap map = FileSequenceMap.builder(file)
                .durability(Durability.interval(Duration.ofNanos(1)))
                .open()) {
            map.applied("s", at(1));
            map.applied("s", at(2));
            assertThat(sequenceOnDisk("s")).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1})
    void interval_notPositive_isRejected(long seconds) {
        assertThatThrownBy(() -> Durability.interval(Duration.ofSeconds(seconds)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void apply_diskFails_isCountedInMemoryAndWrittenByTheNext() {
        boolean[] broken = {false};
        HookedFileOperations files = new HookedFileOperations((number, operation) -> {
            if (broken[0] && operation.equals("sync")) {
                throw new IOException("No space left on device");
            }
        });
        try (FileSequenceMap map = FileSequenceMap.builder(file).files(files).open()) {
            broken[0] = true;
            assertThatThrownBy(() -> map.apply("s", at(1), () -> {})).isInstanceOf(SnapshotException.class);
            assertThat(sequence(map, "s")).isEqualTo(1);
            assertThat(sequenceOnDisk("s")).isEqualTo(-1);
            assertThat(map.positions()).isNotEqualTo(onDisk());
            broken[0] = false;
            assertThat(map.apply("s", at(1), () -> {})).as("counted before").isFalse();
            assertThat(sequenceOnDisk("s")).as("now durable").isEqualTo(1);
        }
    }

    @Test
    void everyApply_writes_syncFileThenRenameThenSyncDirectory() {
        HookedFileOperations files = HookedFileOperations.counting();
        try (FileSequenceMap map = FileSequenceMap.builder(file).files(files).open()) {
            int before = files.log().size();
            map.applied("s", at(1));
            assertThat(files.log().subList(before, files.log().size()))
                    .containsExactly(
                            "create orders.seq-map.new",
                            "write at-0",
                            "sync file",
                            "rename orders.seq-map",
                            "syncDirectory " + directory.getFileName());
        }
    }

    @Test
    void everyApply_callersWhileOneWrites_shareOneSync() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch proceed = new CountDownLatch(1);
        HookedFileOperations files = new HookedFileOperations((number, operation) -> {
            if (number > 7 && operation.equals("sync") && proceed.getCount() > 0) {
                writing.countDown();
                await(proceed);
            }
        });
        ExecutorService threads = Executors.newFixedThreadPool(9);
        try (FileSequenceMap map = FileSequenceMap.builder(file).files(files).open()) {
            List<Future<Boolean>> counts = new ArrayList<>();
            counts.add(threads.submit(() -> map.applied("s0", at(1))));
            writing.await();
            for (int n = 1; n <= 8; n++) {
                String stream = "s" + n;
                counts.add(threads.submit(() -> map.applied(stream, at(1))));
            }
            while (map.positions().byStream().size() < 9) {
                Thread.onSpinWait();
            }
            long before = syncs(files);
            proceed.countDown();
            for (Future<Boolean> count : counts) {
                assertThat(count.get()).isTrue();
            }
            assertThat(syncs(files) - before).isEqualTo(1);
            assertThat(onDisk()).isEqualTo(map.positions());
        } finally {
            threads.shutdown();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static long syncs(HookedFileOperations files) {
        return files.log().stream().filter("sync file"::equals).count();
    }

    @Test
    void applied_onInterruptedThread_isDurableAndKeepsTheInterrupt() {
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            Thread.currentThread().interrupt();
            map.applied("s", at(1));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(sequenceOnDisk("s")).isEqualTo(1);
        }
    }

    @Test
    void apply_onInterruptedThread_doesNotRunTheAction() {
        try (FileSequenceMap map = FileSequenceMap.open(file)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> map.apply("s", at(1), () -> {
                        throw new AssertionError("must not run");
                    }))
                    .isInstanceOf(SnapshotInterruptedException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
