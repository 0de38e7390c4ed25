package io.harmonylite.snapshot.internal.harmonylite;

import io.harmonylite.snapshot.RestoreRequest;
import io.harmonylite.snapshot.SnapshotId;
import io.harmonylite.snapshot.SnapshotInfo;
import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.QuarantinedRowsException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteExportReport;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteExportRequest;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotSink;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteTag;
import io.harmonylite.snapshot.harmonylite.PreviousSnapshot;
import io.harmonylite.snapshot.internal.base.ExceptionAccess;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.catalog.StoreFailures;
import io.harmonylite.snapshot.internal.changelog.Quarantine;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.file.ScratchDirectory;
import io.harmonylite.snapshot.internal.restore.Select;
import io.harmonylite.snapshot.internal.restore.StoredCandidate;
import io.harmonylite.snapshot.internal.runtime.LocalFailures;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.runtime.Stages;
import io.harmonylite.snapshot.internal.sqlite.PrivateImage;
import io.harmonylite.snapshot.internal.sqlite.Sanitizer;
import io.harmonylite.snapshot.internal.sqlite.SoundnessCheck;
import io.harmonylite.snapshot.recovery.StreamFacts;
import io.harmonylite.snapshot.store.ObjectSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Exports a snapshot, rebuilt, verified and sanitized, as the plain database that HarmonyLite nodes restore. */
public final class HarmonyLiteExport {

    private static final String SCRATCH = "harmonylite-export-";

    private final Services services;
    private final Stages stages;
    private final SnapshotCatalog catalog;
    private final Path scratchParent;

    /** Creates an export from a catalog's store. */
    public HarmonyLiteExport(Services services, SnapshotCatalog catalog, Path scratchParent) {
        this.services = services;
        this.stages = services.stages();
        this.catalog = catalog;
        this.scratchParent = scratchParent;
    }

    /** Exports a snapshot, which must cover the given streams if there are any; durable on return. */
    public HarmonyLiteExportReport run(
            HarmonyLiteExportRequest request, HarmonyLiteSnapshotSink sink, Map<String, StreamFacts> streams) {
        long start = System.nanoTime();
        RestoreRequest wanted = request.id().map(RestoreRequest::of).orElseGet(RestoreRequest::latest);
        SnapshotId id =
                stages.run(Stage.SELECT, () -> new Select(catalog).run(wanted).get(0));
        try {
            StoredCandidate snapshot =
                    stages.run(Stage.SELECT, () -> new StoredCandidate(services, catalog, catalog.read(id)));
            streams.values().forEach(stream -> requireCover(snapshot, stream));
            try (ScratchDirectory scratch = services.scratch().open(scratchParent, SCRATCH)) {
                return export(snapshot, sink, scratch.resolve("snapshot.db"), start);
            }
        } catch (IOException e) {
            throw LocalFailures.translate(e);
        } catch (SnapshotException e) {
            ExceptionAccess.setSnapshot(e, id);
            throw e;
        }
    }

    private static void requireCover(StoredCandidate snapshot, StreamFacts stream) {
        StreamPosition at = snapshot.positions().of(stream.stream()).orElse(StreamPosition.at(0));
        if (!stream.isCoveredBy(at)) {
            throw new SnapshotConfigurationException("snapshot " + snapshot.id() + " does not cover stream "
                    + stream.stream() + ": its position is " + at.sequence() + ", and " + stream.held()
                    + ". A HarmonyLite node that restored it would miss messages; export a newer snapshot");
        }
    }

    private static void requireComplete(StoredCandidate snapshot, String quarantined) {
        if (!quarantined.isEmpty()) {
            throw new QuarantinedRowsException("snapshot " + snapshot.id()
                    + " lacks rows that are in its quarantine: " + quarantined + ". Nodes that restored it would miss"
                    + " them. Write the rows again on a node of the cluster, or remove them from the quarantine, and"
                    + " take a new snapshot");
        }
    }

    private HarmonyLiteExportReport export(
            StoredCandidate snapshot, HarmonyLiteSnapshotSink sink, Path file, long start) throws IOException {
        PrivateImage image = new PrivateImage(file, services.connector().untrusting());
        stages.run(Stage.FETCH, () -> snapshot.fetch(file, null));
        stages.run(Stage.VERIFY, () -> snapshot.verify(image, false));
        stages.run(Stage.STAGE, () -> {
            image.edit(connection -> requireComplete(snapshot, Quarantine.names(connection)));
            image.sanitize(Sanitizer.forHarmonyLite());
            image.check(SoundnessCheck.QUICK);
        });
        SnapshotInfo info = snapshot.info();
        FileSource source = FileSource.of(services.files(), file);
        String tag = source.tag();
        PreviousSnapshot previous = stages.run(Stage.INSTALL, () -> StoreFailures.calling(() -> sink.put(source, tag)));
        Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
        return new HarmonyLiteExportReport(info, sink.toString(), source.length(), tag, previous, elapsed);
    }

    /** A private file as the content of an object. */
    private record FileSource(FileOperations files, Path file, long length) implements ObjectSource {

        static FileSource of(FileOperations files, Path file) throws IOException {
            try (FileChannel channel = files.openForRead(file)) {
                return new FileSource(files, file, channel.size());
            }
        }

        @Override
        public InputStream open() throws IOException {
            return Channels.newInputStream(files.openForRead(file));
        }

        String tag() throws IOException {
            try (InputStream in = open()) {
                return HarmonyLiteTag.of(in);
            }
        }
    }
}
