package io.harmonylite.snapshot.benchmarks;

import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.sequence.Durability;
import io.harmonylite.snapshot.sequence.FileSequenceMap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * Counts a second in a file map, each thread in a stream of its own, beside what one durable write at a time can do at
 * all. Aims: 16 threads with every count on disk at least 8 times one at a time; with an interval at least 100,000.
 *
 * <p>Files lie in the directory that {@code -Djava.io.tmpdir} names: that is the disk that is measured.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class FileSequenceMapBenchmark {

    /** Creates the benchmark; JMH does. */
    public FileSequenceMapBenchmark() {}

    /** The bytes of a map, written over themselves and synced, one at a time. */
    @Benchmark
    public void oneSync(Raw raw) throws IOException {
        raw.channel.write(raw.bytes.rewind(), 0);
        raw.channel.force(true);
    }

    /** Every count on disk, one at a time. */
    @Benchmark
    @Threads(1)
    public boolean everyApply1(EveryApply state, Stream stream) {
        return state.map.applied(stream.name, stream.next());
    }

    /** Every count on disk, four at a time. */
    @Benchmark
    @Threads(4)
    public boolean everyApply4(EveryApply state, Stream stream) {
        return state.map.applied(stream.name, stream.next());
    }

    /** Every count on disk, sixteen at a time. */
    @Benchmark
    @Threads(16)
    public boolean everyApply16(EveryApply state, Stream stream) {
        return state.map.applied(stream.name, stream.next());
    }

    /** Written every 100 ms. */
    @Benchmark
    public boolean interval(Interval state, Stream stream) {
        return state.map.applied(stream.name, stream.next());
    }

    /** Written every 100 ms, four at a time. */
    @Benchmark
    @Threads(4)
    public boolean interval4(Interval state, Stream stream) {
        return state.map.applied(stream.name, stream.next());
    }

    /** Never written. */
    @Benchmark
    public boolean manual(Manual state, Stream stream) {
        return state.map.applied(stream.name, stream.next());
    }

    /** Messages of one thread. */
    @State(Scope.Thread)
    public static class Stream {

        private String name = "";
        private long sequence;

        /** Creates the state; JMH does. */
        public Stream() {}

        /** Names the stream. */
        @Setup
        public void prepare(ThreadParams thread) {
            name = "orders-changes-" + thread.getThreadIndex();
        }

        StreamPosition next() {
            return StreamPosition.at(++sequence);
        }
    }

    /** A map in a file. */
    @State(Scope.Benchmark)
    public abstract static class Map {

        final FileSequenceMap map;
        private final Path directory;

        Map(Durability durability) {
            directory = BenchmarkFiles.createDirectory();
            map = FileSequenceMap.builder(directory.resolve("map"))
                    .durability(durability)
                    .open();
        }

        /** Closes the map and removes it. */
        @TearDown(Level.Trial)
        public void close() throws IOException {
            map.close();
            for (String name : new String[] {"map", "map.lock"}) {
                Files.delete(directory.resolve(name));
            }
            Files.delete(directory);
        }
    }

    /** A map that writes every count. */
    public static class EveryApply extends Map {

        /** Creates the state; JMH does. */
        public EveryApply() {
            super(Durability.EVERY_APPLY);
        }
    }

    /** A map that writes every 100 ms. */
    public static class Interval extends Map {

        /** Creates the state; JMH does. */
        public Interval() {
            super(Durability.interval(Duration.ofMillis(100)));
        }
    }

    /** A map that writes when it is closed. */
    public static class Manual extends Map {

        /** Creates the state; JMH does. */
        public Manual() {
            super(Durability.MANUAL);
        }
    }

    /** A file as large as a map of a few streams. */
    @State(Scope.Benchmark)
    public static class Raw {

        private final Path directory = BenchmarkFiles.createDirectory();
        private final FileChannel channel = BenchmarkFiles.create(directory.resolve("raw"));
        private final ByteBuffer bytes = ByteBuffer.allocate(400);

        /** Creates the state; JMH does. */
        public Raw() {}

        /** Removes the file. */
        @TearDown
        public void close() throws IOException {
            channel.close();
            Files.delete(directory.resolve("raw"));
            Files.delete(directory);
        }
    }
}
