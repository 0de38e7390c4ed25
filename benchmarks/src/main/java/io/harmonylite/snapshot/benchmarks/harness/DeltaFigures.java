package io.harmonylite.snapshot.benchmarks.harness;

import io.harmonylite.snapshot.Compaction;
import io.harmonylite.snapshot.RestoreReport;
import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.internal.format.FrameRange;
import io.harmonylite.snapshot.internal.format.Layer;
import io.harmonylite.snapshot.internal.format.LayerEntry;
import io.harmonylite.snapshot.internal.format.LeafEntry;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.format.ManifestCodec;
import io.harmonylite.snapshot.internal.format.PackEntry;
import io.harmonylite.snapshot.internal.format.PackReader;
import io.harmonylite.snapshot.s3.S3SnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.S3Client;

/** Bytes, requests and seconds of delta restores from S3, next to the frames of the changed pages and a full restore. */
@Command(
        name = "benchmarks/run-delta",
        mixinStandardHelpOptions = true,
        description = "Measures restores onto databases that differ in some rows from the snapshot.")
final class DeltaFigures implements Callable<Integer> {

    private static final String NAME = "benchmark";

    @Option(
            names = "--mebibytes",
            defaultValue = "450",
            description = "Size of the database. Default: ${DEFAULT-VALUE}.")
    private int mebibytes;

    @Option(
            names = "--directory",
            defaultValue = "benchmarks/target/delta",
            description = "Where database and store go. Default: ${DEFAULT-VALUE}.")
    private Path directory = Path.of("");

    private final AtomicInteger requests = new AtomicInteger();

    private DeltaFigures() {}

    /** Runs the command line. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new DeltaFigures()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Path root = directory.toAbsolutePath();
        Workspace.deleteAll(root);
        Files.createDirectories(root);
        Path sample = root.resolve("sample.db");
        Path base = root.resolve("base.db");
        SampleDatabase.create(sample, mebibytes);
        try (LocalS3 service = LocalS3.start(Files.createDirectory(root.resolve("service")));
                S3Client client = LocalS3.client(service.endpoint(), new Counter(requests))) {
            System.out.println(
                    "| rows changed | restored to | frames MiB | fetched MiB | ÷ frames | reused MiB | requests"
                            + " | seconds |");
            System.out.println("|---|---|---|---|---|---|---|---|");
            try (SnapshotStore store = store(client, "run")) {
                SnapshotId id = take(sample, store);
                report("all (no database) | ", restore(base, id, store), 0);
                report("none; the database has a change log | ", sample, id, store);
            }
            for (Change change : Change.all()) {
                try (SnapshotStore store = store(client, change.name().replaceAll("[^a-z0-9.]+", "-"))) {
                    measure(root, base, change, store);
                }
            }
        }
        Workspace.deleteAll(root);
        return 0;
    }

    private static SnapshotStore store(S3Client client, String prefix) {
        return S3SnapshotStore.builder(client, LocalS3.BUCKET).prefix(prefix).build();
    }

    private void measure(Path root, Path base, Change change, SnapshotStore store) throws Exception {
        Path changed = Files.copy(base, root.resolve("changed.db"), StandardCopyOption.REPLACE_EXISTING);
        change.apply(changed);
        SnapshotId before = take(base, store);
        SnapshotId after = take(changed, store);
        report(change.name() + " | the later snapshot", base, after, store);
        report(change.name() + " | the earlier snapshot", changed, before, store);
    }

    /** Restores a snapshot onto a copy of a database. */
    private void report(String what, Path database, SnapshotId id, SnapshotStore store) throws Exception {
        Path target = Files.copy(database, database.resolveSibling("target.db"), StandardCopyOption.REPLACE_EXISTING);
        report(what, restore(target, id, store), frames(database, id, store));
        Files.delete(target);
    }

    private static SnapshotId take(Path database, SnapshotStore store) {
        try (SnapshotManager manager = SnapshotManager.builder(NAME, database, store)
                .compaction(Compaction.NEVER)
                .build()) {
            return manager.take().id();
        }
    }

    private RestoreReport restore(Path target, SnapshotId id, SnapshotStore store) {
        try (SnapshotManager manager =
                SnapshotManager.builder(NAME, target, store).build()) {
            requests.set(0);
            return manager.restore(RestoreRequest.of(id));
        }
    }

    private void report(String what, RestoreReport report, long frames) {
        System.out.printf(
                Locale.ROOT,
                "| %s | %.2f | %.2f | %.2f | %d | %d | %.2f |%n",
                what,
                frames / 1048576.0,
                report.bytesFetched() / 1048576.0,
                frames == 0 ? 0 : (double) report.bytesFetched() / frames,
                report.bytesReused() >> 20,
                requests.get(),
                report.elapsed().toMillis() / 1e3);
    }

    /**
     * Returns the stored bytes of the frames that hold pages in which a database differs from a snapshot. Pages of zeros,
     * such as free ones, do not count.
     */
    private static long frames(Path database, SnapshotId id, SnapshotStore store) throws Exception {
        Manifest manifest;
        try (InputStream in = store.open(NAME + "/manifests/" + id)) {
            manifest = ManifestCodec.decode(in.readAllBytes());
        }
        int size = manifest.head().image().pageSize();
        long bytes = 0;
        try (FileChannel pages = FileChannel.open(database);
                PackReader reader = new PackReader()) {
            for (int leaf = 0; leaf < manifest.leaves().size(); leaf++) {
                LeafEntry entry = manifest.leaves().get(leaf);
                BitSet found = new BitSet();
                for (int i = entry.layers().size() - 1; i >= 0; i--) {
                    LayerEntry at = entry.layers().get(i);
                    Layer layer = layer(manifest, at, leaf, store, reader);
                    BitSet wanted = (BitSet) layer.pages().clone();
                    wanted.andNot(found);
                    int index = 0;
                    for (int page = layer.pages().nextSetBit(0);
                            page >= 0;
                            page = layer.pages().nextSetBit(page + 1)) {
                        byte[] content = new byte[size];
                        boolean isZero = isEqual(layer, index, content);
                        pages.read(
                                ByteBuffer.wrap(content),
                                manifest.head()
                                        .geometry()
                                        .offsetOf(manifest.head().geometry().firstPage(leaf) + page));
                        if (isEqual(layer, index++, content) || isZero) {
                            wanted.clear(page);
                        }
                    }
                    found.or(layer.pages());
                    bytes += layer.ranges(wanted).stream()
                            .mapToLong(FrameRange::length)
                            .sum();
                }
            }
        }
        return bytes;
    }

    private static boolean isEqual(Layer layer, int index, byte[] content) throws Exception {
        byte[] digest = java.security.MessageDigest.getInstance("SHA-256").digest(content);
        return Arrays.equals(digest, 0, 32, layer.digests(), index * 32, index * 32 + 32);
    }

    private static Layer layer(Manifest manifest, LayerEntry at, int leaf, SnapshotStore store, PackReader reader)
            throws Exception {
        PackEntry pack = manifest.packs().get(at.pack());
        try (InputStream in = store.open(NAME + "/packs/" + pack.name(), at.offset(), at.blockLength(pack))) {
            return reader.layer(
                    in.readAllBytes(),
                    at.offset(),
                    pack,
                    at,
                    leaf,
                    manifest.head().image().pageSize());
        }
    }

    private record Counter(AtomicInteger requests) implements ExecutionInterceptor {
        @Override
        public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
            requests.incrementAndGet();
        }
    }
}
