package io.harmonylite.snapshot.tool;

import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteExportReport;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteExportRequest;
import io.harmonylite.snapshot.store.SnapshotStore;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Exports a snapshot for HarmonyLite nodes. */
@Command(
        name = "export",
        description = {
            "Exports a snapshot as the plain database file that HarmonyLite nodes restore: the latest, or the one that"
                    + " --id selects.",
            "The database is rebuilt and verified first. HarmonyLite restores the file without comparing it with its"
                    + " streams: if messages between the snapshot and the streams are gone, the node that restores it"
                    + " misses them. --require-coverage checks that before."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot-tool export --harmonylite --store file:/backup --name orders --to file:/var/lib/snapshot.db",
            "  snapshot-tool export --harmonylite --store file:/backup --name orders --to s3://backups/node",
            "  snapshot-tool export --harmonylite --store file:/backup --name orders \\",
            "      --to nats://localhost:4222/harmonylite-changes-snapshot-store --require-coverage \\",
            "      --nats nats://localhost:4222 --stream harmonylite-changes-c-1"
        })
@SuppressWarnings("NullAway.Init") // Required options are set, and picocli injects the specification.
final class ExportCommand implements Callable<Integer> {

    @Option(names = "--harmonylite", required = true, description = "Export for HarmonyLite.")
    @SuppressWarnings("UnusedVariable") // Selects the command; its value is not read.
    private boolean harmonyLite;

    @Spec
    private CommandSpec spec;

    @Mixin
    private final StoreOptions store = new StoreOptions();

    @Mixin
    private final NameOption name = new NameOption();

    @Option(names = "--id", paramLabel = "ID", description = "Export this snapshot.")
    private @Nullable SnapshotId id;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "URI",
            description = "Target: file:/path/snapshot.db, nats://host:port/bucket, or s3://bucket/path for "
                    + "path/snapshot.db. A missing bucket of NATS is created.")
    private StorageUri to;

    @Option(
            names = "--require-coverage",
            description =
                    "Fail if the snapshot does not contain all messages that the streams have dropped. Needs --nats"
                            + " and --stream.")
    private boolean coverage;

    @ArgGroup(exclusive = false, heading = "%nStreams of the HarmonyLite nodes:%n")
    private @Nullable StreamOptions streams;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Override
    public Integer call() throws IOException {
        if (coverage != (streams != null)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--require-coverage needs --nats and --stream, and these need it; use all of them");
        }
        return streams == null
                ? export(request())
                : streams.run(
                        spec.commandLine(),
                        store.use("nats").nats(),
                        followed -> export(request().requireCoverage(followed)));
    }

    private int export(HarmonyLiteExportRequest request) throws IOException {
        StorageOptions options = store.use("nats", "s3");
        try (SnapshotStore opened = store.open();
                HarmonyLiteLocation location = to.openHarmonyLite(options)) {
            HarmonyLiteExportReport report = store.repository(name.toString(), opened)
                    .listener(output.progress())
                    .build()
                    .export(request, location.sink());
            output.result(document(report), lines(report));
        }
        return ExitStatus.DONE.code();
    }

    private HarmonyLiteExportRequest request() {
        return id == null ? HarmonyLiteExportRequest.latest() : HarmonyLiteExportRequest.of(id);
    }

    private static Map<String, @Nullable Object> document(HarmonyLiteExportReport report) {
        Map<String, @Nullable Object> document = Documents.empty();
        document.put("snapshot", Documents.snapshot(report.snapshot()));
        document.put("to", report.location());
        document.put("bytes", report.sizeBytes());
        document.put("tag", report.tag());
        document.put("previous", Text.word(report.previous()));
        document.put("seconds", Documents.seconds(report.elapsed()));
        return document;
    }

    private static List<String> lines(HarmonyLiteExportReport report) {
        return List.of(
                "Exported " + report.snapshot().id() + " to " + report.location(),
                "  image      " + Text.bytes(report.sizeBytes()) + ", tag " + report.tag() + ", in "
                        + Text.seconds(report.elapsed()),
                "  positions  " + Text.positions(report.snapshot().positions()) + ", not in the exported file",
                "  previous   " + Text.word(report.previous()));
    }
}
