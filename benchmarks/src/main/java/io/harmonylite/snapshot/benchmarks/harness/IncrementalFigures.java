package io.harmonylite.snapshot.benchmarks.harness;

import static java.util.Objects.requireNonNull;

import com.github.luben.zstd.ZstdCompressCtx;
import io.harmonylite.snapshot.Compaction;
import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.RetentionPolicy;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.TakeRequest;
import io.harmonylite.snapshot.store.FileSystemSnapshotStore;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Bytes and seconds of incremental takes into a directory, next to the changed pages and to the limits of the same run; and
 * a long history of takes and prunes.
 */
@Command(
        name = "benchmarks/run-incremental",
        mixinStandardHelpOptions = true,
        description = "Measures takes after changes of some rows, in one run with full takes.")
final class IncrementalFigures implements Callable<Integer> {

    private static final String NAME = "benchmark";
    private static final int ROUNDS = 3;

    @Option(
            names = "--mebibytes",
            defaultValue = "450",
            description = "Size of the database. Default: ${DEFAULT-VALUE}.")
    private int mebibytes;

    @Option(
            names = "--history",
            paramLabel = "TAKES",
            defaultValue = "0",
            description =
                    "Instead, take so many snapshots of a database of 16 MiB, each after random changes, and keep the"
                            + " latest 24 and 7 daily ones.")
    private int history;

    @Option(
            names = "--directory",
            defaultValue = "benchmarks/target/incremental",
            description = "Where databases and stores go. Default: ${DEFAULT-VALUE}.")
    private Path directory = Path.of("");

    private IncrementalFigures() {}

    /** Runs the command line. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new IncrementalFigures()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        Path root = directory.toAbsolutePath();
        Workspace.deleteAll(root);
        Workspace workspace = new Workspace(root);
        workspace.clear();
        if (history > 0) {
            takeMany(workspace);
        } else {
            takeChanges(workspace);
        }
        Workspace.deleteAll(root);
        return 0;
    }

    private void takeChanges(Workspace workspace) throws Exception {
        SampleDatabase.create(workspace.database(), mebibytes);
        double limit = limit(workspace);
        System.out.printf(Locale.ROOT, "limit of an incremental take: %.2f s%n%n", limit);
        System.out.println(
                "| rows changed | changed pages, MiB | stored, MiB | aim, MiB | stored ÷ aim | rewritten, MiB"
                        + " | seconds | ÷ limit |");
        System.out.println("|---|---|---|---|---|---|---|---|");
        full(workspace, limit);
        for (Change change : Change.all()) {
            Path changed = Files.copy(
                    workspace.database(), workspace.root().resolve("changed.db"), StandardCopyOption.REPLACE_EXISTING);
            change.apply(changed);
            report(change.name(), workspace, changed, limit);
        }
    }

    private static void full(Workspace workspace, double limit) throws Exception {
        double[] seconds = new double[ROUNDS];
        long stored = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Workspace.deleteAll(workspace.preparedStore());
            try (SnapshotStore store = FileSystemSnapshotStore.create(workspace.preparedStore())) {
                long start = System.nanoTime();
                stored = take(workspace.database(), store).storedBytes();
                seconds[round] = (System.nanoTime() - start) / 1e9;
            }
        }
        Arrays.sort(seconds);
        System.out.printf(
                Locale.ROOT,
                "| all: a full take | – | %.2f | – | – | 0.00 | %.2f | %.2f |%n",
                mib(stored),
                seconds[ROUNDS / 2],
                seconds[ROUNDS / 2] / limit);
    }

    /** Takes a snapshot of a changed database into copies of a store with one of the unchanged database. */
    private static void report(String name, Workspace workspace, Path changed, double limit) throws Exception {
        double[] seconds = new double[ROUNDS];
        SnapshotInfo info = null;
        Pages pages = null;
        for (int round = 0; round < ROUNDS; round++) {
            workspace.clear();
            copy(workspace.preparedStore(), workspace.store());
            try (SnapshotStore store = FileSystemSnapshotStore.open(workspace.store())) {
                long start = System.nanoTime();
                info = take(changed, store);
                seconds[round] = (System.nanoTime() - start) / 1e9;
                if (round == 0) {
                    pages = Pages.between(first(store, info.id()), info.id(), store, workspace);
                }
            }
        }
        Arrays.sort(seconds);
        requireNonNull(info, "snapshot");
        requireNonNull(pages, "pages");
        long added = info.storedBytes() - info.rewrittenBytes();
        double aim = 1.1 * pages.compressed() + 0.002 * info.image().bytes();
        System.out.printf(
                Locale.ROOT,
                "| %s | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f |%n",
                name,
                mib(pages.compressed()),
                mib(added),
                mib((long) aim),
                added / aim,
                mib(info.rewrittenBytes()),
                seconds[ROUNDS / 2],
                seconds[ROUNDS / 2] / limit);
    }

    private static SnapshotId first(SnapshotStore store, SnapshotId second) {
        return SnapshotRepository.of(NAME, store).list().snapshots().stream()
                .map(SnapshotInfo::id)
                .filter(id -> !id.equals(second))
                .findFirst()
                .orElseThrow();
    }

    private static SnapshotInfo take(Path database, SnapshotStore store) {
        try (SnapshotManager manager = SnapshotManager.builder(NAME, database, store)
                .parallelism(Runtime.getRuntime().availableProcessors())
                .compaction(Compaction.NEVER)
                .build()) {
            return manager.take();
        }
    }

    /** Capture, check and digest of the image, spread over the processors, but capture and check one after the other. */
    private static double limit(Workspace workspace) throws Exception {
        double serial = 0;
        double all = 0;
        for (Operation operation : Limits.all()) {
            boolean isSerial =
                    operation.name().equals(Limits.BACKUP) || operation.name().equals(Limits.QUICK_CHECK);
            if (isSerial || operation.name().equals(Limits.DIGEST)) {
                double[] seconds = new double[ROUNDS];
                for (int round = 0; round < ROUNDS; round++) {
                    workspace.clear();
                    long start = System.nanoTime();
                    operation.run(workspace);
                    seconds[round] = (System.nanoTime() - start) / 1e9;
                }
                Arrays.sort(seconds);
                System.out.printf(Locale.ROOT, "%s: %.2f s%n", operation.name(), seconds[ROUNDS / 2]);
                all += seconds[ROUNDS / 2];
                serial += isSerial ? seconds[ROUNDS / 2] : 0;
            }
        }
        return Math.max(all / Runtime.getRuntime().availableProcessors(), serial);
    }

    private void takeMany(Workspace workspace) throws Exception {
        SampleDatabase.create(workspace.database(), 16);
        Random random = new Random(history);
        Path store = workspace.store();
        RetentionPolicy policy = RetentionPolicy.keepLast(24).and(RetentionPolicy.keepDaily(7));
        System.out.println(
                "| takes | snapshots | packs | store, MiB | bytes named ÷ image, stored | take, s | list, s |");
        System.out.println("|---|---|---|---|---|---|---|");
        try (SnapshotStore directoryStore = FileSystemSnapshotStore.create(store);
                SnapshotManager manager = SnapshotManager.builder(NAME, workspace.database(), directoryStore)
                        .parallelism(Runtime.getRuntime().availableProcessors())
                        .compaction(Compaction.NEVER)
                        .gracePeriod(Duration.ofSeconds(5))
                        .retention(policy)
                        .build()) {
            List<Double> takes = new ArrayList<>();
            SnapshotInfo first = manager.take(TakeRequest.full());
            for (int number = 1; number <= history; number++) {
                try (Connection connection = SampleDatabase.open(workspace.database())) {
                    int share = 20 + random.nextInt(2_000);
                    SampleDatabase.execute(
                            connection,
                            "UPDATE orders SET attachment = randomblob(600) WHERE abs(random()) % " + share + " = 0");
                }
                long start = System.nanoTime();
                SnapshotInfo info = manager.take();
                takes.add((System.nanoTime() - start) / 1e9);
                manager.prune();
                if (number % (history / 10) == 0) {
                    report(number, store, manager, first, info, takes);
                    takes.clear();
                }
            }
        }
    }

    private static void report(
            int number, Path store, SnapshotManager manager, SnapshotInfo first, SnapshotInfo info, List<Double> takes)
            throws IOException {
        double[] seconds = takes.stream().mapToDouble(each -> each).sorted().toArray();
        long start = System.nanoTime();
        int snapshots = manager.list().snapshots().size();
        double list = (System.nanoTime() - start) / 1e9;
        try (Stream<Path> packs = Files.list(store.resolve(NAME).resolve("packs"))) {
            System.out.printf(
                    Locale.ROOT,
                    "| %d | %d | %d | %.1f | %.2f | %.3f | %.3f |%n",
                    number,
                    snapshots,
                    packs.count(),
                    mib(Workspace.bytesBelow(store)),
                    (double) (info.storedBytes() + info.referencedBytes()) / first.storedBytes(),
                    seconds[seconds.length / 2],
                    list);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static double mib(long bytes) {
        return bytes / 1048576.0;
    }

    /**
     * Pages in which two images differ.
     *
     * @param compressed bytes of these pages, each compressed alone at level 1
     */
    private record Pages(long compressed) {

        static Pages between(SnapshotId one, SnapshotId two, SnapshotStore store, Workspace workspace)
                throws Exception {
            Path before = restore(one, store, workspace.scratch().resolve("before.db"));
            Path after = restore(two, store, workspace.scratch().resolve("after.db"));
            byte[] old = new byte[4096];
            byte[] page = new byte[4096];
            byte[] target = new byte[8192];
            long bytes = 0;
            long oldPages = Files.size(before) / page.length;
            try (InputStream first = Files.newInputStream(before);
                    DataInputStream in = new DataInputStream(Files.newInputStream(after));
                    ZstdCompressCtx context = new ZstdCompressCtx().setLevel(1)) {
                for (long number = 0; number < Files.size(after) / page.length; number++) {
                    in.readFully(page);
                    boolean isOld = number < oldPages && first.readNBytes(old, 0, old.length) == old.length;
                    if (!isOld || !Arrays.equals(old, page)) {
                        bytes += context.compressByteArray(target, 0, target.length, page, 0, page.length);
                    }
                }
            }
            return new Pages(bytes);
        }

        private static Path restore(SnapshotId id, SnapshotStore store, Path target) {
            try (SnapshotManager manager =
                    SnapshotManager.builder(NAME, target, store).build()) {
                manager.restore(RestoreRequest.of(id));
            }
            return target;
        }
    }
}
