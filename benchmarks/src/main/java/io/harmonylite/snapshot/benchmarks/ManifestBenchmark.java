package io.harmonylite.snapshot.benchmarks;

import io.harmonylite.snapshot.internal.format.MalformedException;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.format.ManifestCodec;
import io.harmonylite.snapshot.internal.format.ManifestHead;
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
import org.openjdk.jmh.annotations.Warmup;

/** Manifests of 450 MiB and of 100 GiB: written, read whole, and read as a listing does. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ManifestBenchmark {

    /** Leaves of 16 MiB. */
    @Param({"29", "6400"})
    private int leaves = 29;

    private Manifest manifest = manifestOf(1);
    private byte[] bytes = new byte[0];

    /** Creates the state; JMH does. */
    public ManifestBenchmark() {}

    /** Encodes what is decoded. */
    @Setup
    public void prepare() {
        manifest = manifestOf(leaves);
        bytes = ManifestCodec.encode(manifest);
    }

    private static Manifest manifestOf(int leaves) {
        try (PackWriter writer = new PackWriter(1)) {
            return SampleImage.manifest(SampleImage.pack(writer, SampleImage.frame(), 0), leaves);
        }
    }

    /** Writes it. */
    @Benchmark
    public byte[] encode() {
        return ManifestCodec.encode(manifest);
    }

    /** Reads and checks all of it. */
    @Benchmark
    public Manifest decode() throws MalformedException {
        return ManifestCodec.decode(bytes);
    }

    /** Reads the head alone. */
    @Benchmark
    public ManifestHead decodeHead() throws MalformedException {
        return ManifestCodec.decodeHead(bytes);
    }
}
