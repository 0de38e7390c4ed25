package io.harmonylite.snapshot.benchmarks;

import io.harmonylite.snapshot.internal.format.DataKey;
import io.harmonylite.snapshot.internal.format.Digest;
import io.harmonylite.snapshot.internal.format.Layer;
import io.harmonylite.snapshot.internal.format.LayerEntry;
import io.harmonylite.snapshot.internal.format.MalformedException;
import io.harmonylite.snapshot.internal.format.PackReader;
import io.harmonylite.snapshot.internal.format.PackWriter;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** A leaf of 16 MiB: digested alone, sealed into a pack, its page table decoded, all of it taken apart and checked. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PackBenchmark {

    private static final int FRAMES = 16;

    private final byte[] frame = SampleImage.frame();
    private final PackReader reader = new PackReader();
    private PackWriter writer = new PackWriter(1);
    private PackWriter.SealedPack stored = SampleImage.pack(writer, frame, 0);
    private LayerEntry entry = entry(stored);
    private byte[] pack = new byte[0];

    /** Whether the pack is encrypted. */
    @Param({"false", "true"})
    public boolean isEncrypted;

    /** Creates the state; JMH does. */
    public PackBenchmark() {}

    /** Seals the pack that is read. */
    @Setup
    public void seal() {
        writer.close();
        writer = new PackWriter(1, isEncrypted ? DataKey.random("orders", SampleImage.ID) : null);
        stored = SampleImage.pack(writer, frame, 0);
        entry = entry(stored);
        pack = writer.buffer().clone();
    }

    private static LayerEntry entry(PackWriter.SealedPack of) {
        return SampleImage.manifest(of, 1).leaves().get(0).layers().get(0);
    }

    /** Frees native memory. */
    @TearDown
    public void close() {
        writer.close();
        reader.close();
    }

    /** The digest of every page of a leaf: the limit of everything below. */
    @Benchmark
    public void digestPages(Blackhole hole) {
        for (int i = 0; i < FRAMES; i++) {
            for (int at = 0; at < frame.length; at += SampleImage.PAGE_SIZE) {
                hole.consume(Digest.of(frame, at, SampleImage.PAGE_SIZE));
            }
        }
    }

    /** Digests, compression, page table, digest of the pack. */
    @Benchmark
    public PackWriter.SealedPack sealLeaf() {
        return SampleImage.pack(writer, frame, 0);
    }

    /** The page table alone. */
    @Benchmark
    public Layer decodeLeaf() throws MalformedException {
        return reader.layer(pack, 0, stored.pack(), entry, 0, SampleImage.PAGE_SIZE);
    }

    /** The page table, and every frame. */
    @Benchmark
    public void takeLeafApart(Blackhole hole) throws MalformedException {
        Layer layer = reader.layer(pack, 0, stored.pack(), entry, 0, SampleImage.PAGE_SIZE);
        reader.<RuntimeException>pages(
                pack,
                stored.pack(),
                entry,
                layer,
                SampleImage.PAGE_SIZE,
                (first, count, buffer, offset, index) -> hole.consume(buffer));
    }
}
