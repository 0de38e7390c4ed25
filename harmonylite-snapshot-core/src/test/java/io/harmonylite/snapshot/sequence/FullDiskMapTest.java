package io.harmonylite.snapshot.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.internal.file.HookedFileOperations;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A file map whose disk is full at each operation of a write: the file is the complete old or new one. */
class FullDiskMapTest {

    private static final String STREAM = "orders";

    /** The operations of a write, in order. */
    private static final List<String> WRITE = List.of("create", "write", "sync", "rename", "syncDirectory");

    @TempDir
    Path directory;

    static Stream<Arguments> operationsAndDurabilities() {
        return IntStream.range(0, WRITE.size())
                .boxed()
                .flatMap(number -> Stream.of(
                                Durability.EVERY_APPLY, Durability.MANUAL, Durability.interval(Duration.ofNanos(1)))
                        .map(durability -> Arguments.of(number, durability)));
    }

    @ParameterizedTest
    @MethodSource("operationsAndDurabilities")
    void apply_noSpaceAtAnyOperation_keepsOldOrNewFileAndSaysWhatToDo(int failing, Durability durability) {
        Path file = directory.resolve("orders.seq-map");
        Disk disk = new Disk();
        try (FileSequenceMap map = FileSequenceMap.builder(file)
                .durability(durability)
                .files(disk.files())
                .open()) {
            map.applied(STREAM, StreamPosition.at(1));
            map.flush();
            disk.fullAt(failing);
            InsufficientSpaceException full =
                    catchThrowableOfType(InsufficientSpaceException.class, () -> countAndFlush(map));
            assertThat(disk.operations())
                    .startsWith(WRITE.subList(0, failing + 1).toArray(String[]::new));
            assertThat(full)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("make room")
                    .hasMessageContaining("flush");
            assertThat(position(map)).as("counted, since it was applied").isEqualTo(2);
            assertThat(onDisk(file)).isIn(1L, 2L);
            assertThat(directory.resolve("orders.seq-map.new")).doesNotExist();

            disk.empty();
            map.flush();
            assertThat(onDisk(file)).isEqualTo(2);
        }
        try (FileSequenceMap again = FileSequenceMap.open(file)) {
            assertThat(position(again)).isEqualTo(2);
        }
    }

    private static void countAndFlush(FileSequenceMap map) {
        map.apply(STREAM, StreamPosition.at(2), () -> {});
        map.flush();
    }

    private static long position(FileSequenceMap map) {
        return map.positions().of(STREAM).orElseThrow().sequence();
    }

    private static long onDisk(Path file) {
        return FileSequenceMap.read(file).positions().of(STREAM).orElseThrow().sequence();
    }

    /** A disk that is full from one operation on; deleting still works. */
    private static final class Disk {

        private final List<String> since = new ArrayList<>();
        private int failing = Integer.MAX_VALUE;

        HookedFileOperations files() {
            return new HookedFileOperations((number, operation) -> before(operation));
        }

        private void before(String operation) throws IOException {
            if (!WRITE.contains(operation)) {
                return;
            }
            since.add(operation);
            if (since.size() > failing) {
                throw new IOException("No space left on device");
            }
        }

        void fullAt(int operation) {
            since.clear();
            failing = operation;
        }

        void empty() {
            failing = Integer.MAX_VALUE;
        }

        List<String> operations() {
            return since;
        }
    }
}
