package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.CopyReport;
import io.harmonylite.snapshot.CopyRequest;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotRepository;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Copies snapshots to another store. */
@Command(
        name = "copy",
        description = {
            "Copies snapshots to another store of any kind, the latest first. Only packs that the target lacks are"
                    + " transferred, and each is checked before it is stored. Ids, times and pins stay. If the command is"
                    + " interrupted, the same command continues.",
            "Snapshots that the target has are not checked: verify them there. Snapshots that were retired in the target"
                    + " are not copied again until a prune has removed them.",
            "The options of S3 and NATS apply to both stores. Each also exists with the prefix --to-, such as"
                    + " --to-s3-endpoint. If one of these is given, they apply to the target, and those without the prefix"
                    + " to the source."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot-tool copy --from file:/backup --to s3://backups/orders --name orders --latest 3",
            "  snapshot-tool copy --from nats://localhost:4222/snapshots --to file:/mnt/usb --name orders --all",
            "  snapshot-tool copy --from s3://backups/orders --to s3://offsite/orders --name orders --latest 3 \\",
            "      --s3-endpoint https://minio.example:9000 --to-s3-profile offsite --to-s3-region eu-central-1"
        },
        modelTransformer = CopyCommand.TargetOptions.class)
@SuppressWarnings("NullAway.Init") // Required options are set, and picocli injects the specification.
final class CopyCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--from", required = true, paramLabel = "URI", description = "The store to copy from; only read.")
    private StorageUri from;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "URI",
            description = "The store to copy to. A missing directory or NATS bucket is created.")
    private StorageUri to;

    @Mixin
    private final NameOption name = new NameOption();

    @ArgGroup(multiplicity = "1")
    private Selection selection;

    @Option(
            names = "--grace-period",
            paramLabel = "DURATION",
            description =
                    "Grace period of the target's prunes; default: 24h. Each snapshot must be copied within half of"
                            + " it.")
    private @Nullable Duration grace;

    @Option(names = "--upload-rate", paramLabel = "BYTES", description = "Maximum bytes per second, such as 20MiB.")
    private @Nullable ByteCount uploadRate;

    @Mixin
    private final StorageOptions storage = new StorageOptions();

    private final StorageOptions targetStorage = new StorageOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    /** Adds the options of S3 and NATS again for the target. */
    static final class TargetOptions implements IModelTransformer {

        @Override
        public CommandSpec transform(CommandSpec copy) {
            StorageOptions target = ((CopyCommand) copy.userObject()).targetStorage;
            for (Object options : List.of(target.s3(), target.nats())) {
                for (OptionSpec option : CommandSpec.forAnnotatedObject(options).options()) {
                    String name = option.longestName().replaceFirst("--", "--to-");
                    copy.addOption(
                            OptionSpec.builder(option).names(name).hidden(true).build());
                }
            }
            return copy;
        }
    }

    /** The snapshots to copy. */
    static final class Selection {

        @Option(names = "--id", paramLabel = "ID", description = "Copy this snapshot.")
        private @Nullable SnapshotId id;

        @Option(names = "--latest", paramLabel = "N", description = "Copy the latest N snapshots.")
        private @Nullable Integer latest;

        @Option(names = "--all", description = "Copy all snapshots.")
        private boolean all;

        private CopyRequest request() {
            if (id != null) {
                return CopyRequest.of(id);
            }
            return all || latest == null ? CopyRequest.all() : CopyRequest.latest(latest);
        }
    }

    @Override
    public Integer call() throws IOException {
        CopyRequest request = request();
        boolean isTargetOwn = Variables.areOnCommandLine(spec, "--to-");
        StorageUri.rejectUnused(
                spec, "--", Set.of(), isTargetOwn ? new StorageUri[] {from} : new StorageUri[] {from, to});
        StorageUri.rejectUnused(spec, "--to-", Set.of(), to);
        try (SnapshotStore source = from.open(storage);
                SnapshotStore target = to.create(isTargetOwn ? targetStorage : storage)) {
            CopyReport report = SnapshotRepository.builder(name.toString(), source)
                    .listener(output.progress())
                    .build()
                    .copyTo(target, request);
            output.result(document(report), lines(report));
            return ExitStatus.worst(Stream.concat(
                            Stream.of(ExitStatus.DONE),
                            report.problems().values().stream().map(ExitStatus::of)))
                    .code();
        }
    }

    private CopyRequest request() {
        try {
            CopyRequest request = selection.request();
            request = grace == null ? request : request.gracePeriod(grace);
            return uploadRate == null ? request : request.uploadBytesPerSecond(uploadRate.bytes());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private Map<String, @Nullable Object> document(CopyReport report) {
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("name", name);
        document.put("copied", report.copied());
        document.put("present", report.present());
        document.put("retired", report.retired());
        document.put("problems", Documents.problems(report.problems()));
        document.put("packs", report.packs());
        document.put("bytes", report.bytes());
        document.put("bytesPresent", report.bytesPresent());
        document.put("seconds", Documents.seconds(report.elapsed()));
        return document;
    }

    private List<String> lines(CopyReport report) {
        List<String> lines = new ArrayList<>();
        report.copied().forEach(id -> lines.add("copied   " + id));
        report.present().forEach(id -> lines.add("present  " + id));
        report.retired().forEach(id -> lines.add("retired in the target, not copied  " + id));
        report.problems().forEach((id, problem) -> lines.add("NOT COPIED " + id + ": " + Failures.message(problem)));
        lines.add(Text.count(report.copied().size(), "snapshot") + " copied to " + to + ", "
                + report.present().size() + " present before; "
                + Text.count(report.packs(), "pack") + " with " + Text.bytes(report.bytes()) + " transferred");
        return lines;
    }
}
