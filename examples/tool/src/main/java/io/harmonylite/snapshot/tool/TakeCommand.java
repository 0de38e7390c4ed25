package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.Compaction;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.TakeRequest;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Takes a snapshot of a live database. */
@Command(
        name = "take",
        description = {
            "Takes a snapshot of a live database. When the command returns, the snapshot is complete, durable and"
                    + " confirmed.",
            "The database may be in use: in WAL mode writers continue; in rollback mode they wait while pages are"
                    + " copied. A missing store directory is created; a missing database is an error.",
            "If the database keeps positions in its own tables, the snapshot has those, and other positions are"
                    + " rejected.",
            "Next to a HarmonyLite node, the take waits until the node has published its pending changes."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot-tool take --database /var/lib/orders.db --name orders --store file:/backup",
            "  snapshot-tool take --database /var/lib/orders.db --name orders --store file:/backup \\",
            "      --position orders-changes-1=1042 --position orders-changes-2=988 --node berlin --json",
            "  snapshot-tool take --database /var/lib/orders.db --name orders --store file:/backup \\",
            "      --sequence-map /var/lib/orders.seq-map"
        })
@SuppressWarnings("NullAway.Init") // Required options are set, and picocli injects the specification.
final class TakeCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private final LiveOptions live = new LiveOptions();

    @Mixin
    private final NameOption name = new NameOption();

    @Mixin
    private final StoreOptions store = new StoreOptions();

    @Option(
            names = "--position",
            paramLabel = "STREAM=SEQ",
            description =
                    "Sequence of the last message of a stream that the database already contains; repeat for each "
                            + "stream. Read it before the command starts, never after.")
    private final List<StreamSequence> sequences = new ArrayList<>();

    @Option(
            names = "--sequence-map",
            paramLabel = "FILE",
            description =
                    "Sequence map of the node, instead of --position. It is read before the database, and neither "
                            + "locked nor written. Messages applied in between are in the image, and are applied again "
                            + "after a restore.")
    private @Nullable Path sequenceMap;

    @Option(
            names = "--compact",
            paramLabel = "WHEN",
            defaultValue = "when-worthwhile",
            description =
                    "When to rewrite the copy without free space: when-worthwhile (default: if more than a quarter is "
                            + "free), always or never.")
    private Compaction compaction;

    @Option(
            names = "--full",
            description = "Stores every page, so that the snapshot needs no pack of an earlier take. Otherwise only"
                    + " pages that have changed are stored.")
    private boolean full;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() throws IOException {
        Positions positions = positions();
        live.check(spec.commandLine());
        try (SnapshotStore opened = store.create()) {
            SnapshotInfo taken = take(opened, positions);
            output.result(document(taken), lines(taken));
        }
        return ExitStatus.DONE.code();
    }

    private Positions positions() throws IOException {
        boolean isMapOnCommandLine = Variables.areOnCommandLine(spec, "--sequence-map");
        if (sequenceMap == null || (!sequences.isEmpty() && !isMapOnCommandLine)) {
            return given();
        }
        if (!sequences.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "--sequence-map and --position both give positions; use one of them");
        }
        return SequenceMaps.read(sequenceMap).positions();
    }

    private Positions given() {
        try {
            return StreamSequence.positions(sequences);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private SnapshotInfo take(SnapshotStore opened, Positions positions) throws IOException {
        try (SnapshotManager manager = live.builder(name, store, opened)
                .compaction(compaction)
                .parallelism(Runtime.getRuntime().availableProcessors())
                .listener(output.progress())
                .build()) {
            TakeRequest request = full ? TakeRequest.full() : TakeRequest.incremental();
            return manager.take(request.positions(positions));
        }
    }

    private static Map<String, @Nullable Object> document(SnapshotInfo taken) {
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("snapshot", Documents.snapshot(taken));
        return document;
    }

    private static String stored(SnapshotInfo taken) {
        return taken.rewrittenBytes() == 0
                ? ""
                : ", of which " + Text.bytes(taken.rewrittenBytes()) + " were in the store before";
    }

    private List<String> lines(SnapshotInfo taken) {
        List<String> lines = new ArrayList<>();
        lines.add("Took " + taken.id() + " of " + taken.name() + " into " + store);
        lines.add("  image      " + Text.bytes(taken.image().bytes()) + ", "
                + taken.image().pageCount() + " pages");
        lines.add("  stored     " + Text.bytes(taken.storedBytes()) + stored(taken));
        lines.add("  referenced " + Text.bytes(taken.referencedBytes()) + " of earlier takes");
        lines.add("  positions  " + Text.positions(taken.positions()));
        long unpublished = taken.pending().changes();
        if (unpublished > 0) {
            lines.add(
                    "  pending    " + unpublished + (unpublished == 1 ? " change" : " changes") + " not published yet");
        }
        taken.notCompacted().ifPresent(reason -> lines.add("  not compacted: " + reason));
        return lines;
    }
}
