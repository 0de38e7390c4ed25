package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.RetentionPolicy;
import io.harmonylite.snapshot.SnapshotManager;
import io.harmonylite.snapshot.nats.NatsStreams;
import io.harmonylite.snapshot.sequence.SequenceMap;
import io.harmonylite.snapshot.sequence.TableSequenceMap;
import io.harmonylite.snapshot.store.SnapshotStore;
import io.harmonylite.snapshot.watch.Trigger;
import io.harmonylite.snapshot.watch.WatchOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Takes snapshots of a running node whenever one is due. */
@Command(
        name = "watch",
        description = {
            "Takes a snapshot whenever one is due, proves the latest one once a day, and prunes, until SIGINT or SIGTERM;"
                    + " then shuts down with status 0. Prints at its start what it does.",
            "For a database that another process writes. No snapshot is taken if nothing has changed, if the newest"
                    + " snapshot is ahead of the node, or if the node misses messages. Failures are reported and retried.",
            "If the database keeps positions in its own tables, those are used; otherwise give --sequence-map. Without"
                    + " --nats and --stream, snapshots are taken by --every alone.",
            "--json prints one document in a line for each event."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot-tool watch --store file:/backup --name orders --database /var/lib/orders.db --every 1h \\",
            "      --keep-last 7 --keep-daily 30",
            "  snapshot-tool watch --store file:/backup --name orders --database /var/lib/orders.db \\",
            "      --nats nats://localhost:4222 --stream harmonylite-changes-c-1 --sequence-map"
                    + " /var/lib/orders.seq-map \\",
            "      --every-messages 10000 --every 6h --headroom 0.5 --keep-last 7"
        })
@SuppressWarnings("NullAway.Init") // Picocli injects the specification.
final class WatchCommand implements Callable<Integer> {

    private static final Duration FOLLOW_INTERVAL = Duration.ofMillis(500);

    @Spec
    private CommandSpec spec;

    @Mixin
    private final StoreOptions store = new StoreOptions();

    @Mixin
    private final NameOption name = new NameOption();

    @Mixin
    private final LiveOptions live = new LiveOptions();

    @ArgGroup(exclusive = false, heading = "%nStreams:%n")
    private StreamOptions streams = new StreamOptions();

    @Option(
            names = "--sequence-map",
            paramLabel = "FILE",
            description = "Sequence map of the node. It is read repeatedly, and neither locked nor written.")
    private @Nullable Path sequenceMap;

    @Option(
            names = "--every-messages",
            paramLabel = "N",
            description =
                    "A snapshot is due when N messages of a stream were applied that the newest one does not contain.")
    private @Nullable Long everyMessages;

    @Option(
            names = "--every",
            paramLabel = "DURATION",
            description = "A snapshot is due when the newest one is this old, such as 6h.")
    private @Nullable Duration every;

    @Option(
            names = "--headroom",
            paramLabel = "SHARE",
            description =
                    "A snapshot is due when less than this share of a stream's retention is left before the newest "
                            + "one no longer covers it, such as 0.5.")
    private @Nullable Double headroom;

    /** Without them, nothing is pruned. */
    @Mixin
    private final RetentionOptions retention = new RetentionOptions();

    @Option(
            names = "--check-every",
            paramLabel = "DURATION",
            description = "Interval between checks whether a snapshot is due; default: 1m.")
    private @Nullable Duration checkEvery;

    @Option(
            names = "--no-drills",
            description = "Prove no snapshots; a drill reads the whole snapshot and needs scratch space for it.")
    private boolean noDrills;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() throws IOException {
        Settings settings = settings();
        live.check(spec.commandLine());
        try (Termination termination = Termination.listen()) {
            return sequenceMap == null
                    ? watch(
                            settings,
                            streams.areGiven(spec.commandLine()) ? TableSequenceMap.create() : null,
                            termination::await)
                    : watchFollowing(settings, sequenceMap, termination);
        }
    }

    private int watchFollowing(Settings settings, Path file, Termination termination) throws IOException {
        try (MirroredMap mirror = MirroredMap.open(file)) {
            return watch(settings, mirror.map(), () -> {
                while (!termination.await(FOLLOW_INTERVAL)) {
                    mirror.follow();
                }
            });
        }
    }

    private int watch(Settings settings, @Nullable SequenceMap positions, Wait wait) throws IOException {
        if (!streams.areGiven(spec.commandLine())) {
            return watch(settings, positions, null, wait);
        }
        return streams.run(spec.commandLine(), store.use("nats").nats(), followed -> {
            StreamOptions.requireExisting(followed);
            return watch(settings, positions, followed, wait);
        });
    }

    private int watch(Settings settings, @Nullable SequenceMap positions, @Nullable NatsStreams followed, Wait wait)
            throws IOException {
        WatchedRuns runs = new WatchedRuns(output);
        try (SnapshotStore opened = store.create()) {
            SnapshotManager.Builder builder = live.builder(name, store, opened)
                    .trigger(settings.trigger())
                    .watchOptions(settings.options().listener(runs))
                    .listener(output.progress());
            if (positions != null) {
                builder.sequenceMap(positions);
            }
            if (followed != null) {
                builder.streams(followed);
            }
            settings.retention().ifPresent(builder::retention);
            try (SnapshotManager manager = builder.build()) {
                runs.watch(manager::watchStatus);
                announce(settings, followed);
                manager.start();
                wait.untilEnd();
            }
        }
        output.lastEvent(runs.document(name.toString()), runs.line(name.toString()));
        return ExitStatus.DONE.code();
    }

    private void announce(Settings settings, @Nullable NatsStreams followed) {
        WatchOptions options = settings.options();
        String does = "watches " + live.database() + " as " + name + " in " + store
                + (followed == null ? ", without streams" : " with streams " + followed.names())
                + ". Checks every " + Text.age(options.checkEvery())
                + ". If the database has changed, takes a snapshot "
                + Text.ages(settings.trigger()) + "; "
                + options.drillEvery()
                        .map(every -> "proves the latest one every " + Text.age(every))
                        .orElse("proves none")
                + "; "
                + settings.retention()
                        .map(kept -> "after each take keeps " + Text.ages(kept))
                        .orElse("prunes nothing")
                + ". Ends on SIGINT or SIGTERM";
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("event", "start");
        document.put("name", name);
        document.put("does", does);
        output.event(document, does);
    }

    private Settings settings() {
        if (!streams.areGiven(spec.commandLine()) && (everyMessages != null || headroom != null)) {
            throw new ParameterException(
                    spec.commandLine(), "--every-messages and --headroom need streams; give --nats and --stream too");
        }
        try {
            WatchOptions options = noDrills ? WatchOptions.defaults().noDrills() : WatchOptions.defaults();
            return new Settings(
                    trigger(), checkEvery == null ? options : options.checkEvery(checkEvery), retention.policy());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private Trigger trigger() {
        return Stream.of(
                        Optional.ofNullable(everyMessages).map(Trigger::everyMessages),
                        Optional.ofNullable(every).map(Trigger::every),
                        Optional.ofNullable(headroom).map(Trigger::whenHeadroomBelow))
                .flatMap(Optional::stream)
                .reduce(Trigger::or)
                .orElseThrow(() -> new IllegalArgumentException(
                        "no trigger is given; give --every, or with streams --every-messages, --headroom or several"));
    }

    private record Settings(Trigger trigger, WatchOptions options, Optional<RetentionPolicy> retention) {}

    private interface Wait {
        void untilEnd() throws IOException;
    }
}
