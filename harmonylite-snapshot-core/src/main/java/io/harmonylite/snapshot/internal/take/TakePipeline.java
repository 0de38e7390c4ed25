package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.PendingRecord;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.StreamPosition;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.internal.base.ExceptionAccess;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.file.FileFailures;
import io.harmonylite.snapshot.internal.file.ScratchDirectory;
import io.harmonylite.snapshot.internal.runtime.LocalFailures;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.sequence.MapControl;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import java.io.IOException;
import java.time.Instant;
import java.util.Collections;

/** Takes snapshots of a database. The caller makes sure that one take runs at a time. */
public final class TakePipeline {

    private static final Instant LATE = Instant.parse("2262-01-01T00:00:00Z");

    private final Services services;
    private final TakeSettings settings;
    private final SnapshotCatalog catalog;

    /** Creates a pipeline that stores snapshots in the store of {@code catalog}. */
    public TakePipeline(Services services, TakeSettings settings, SnapshotCatalog catalog) {
        this.services = services;
        this.settings = settings;
        this.catalog = catalog;
    }

    /**
     * Takes a snapshot; committed and durable on return. In mode {@link TakeMode#UNLESS_UNCHANGED} takes none if an
     * identical one exists.
     */
    public TakeResult run(DatabasePath database, TakeSource source, TakeMode mode) {
        TakeRun run = new TakeRun(services, settings, catalog, database, source, mode);
        run.requireFits(
                longest(source),
                PendingRecord.none(),
                Collections.emptySortedMap()); // Before any work: the capture may add no stream.
        try (ScratchDirectory scratch = scratch(database)) {
            return run.run(scratch);
        } catch (IOException e) {
            throw LocalFailures.translate(e);
        } catch (SnapshotException e) {
            ExceptionAccess.setSnapshot(e, run.id());
            throw e;
        }
    }

    private ScratchDirectory scratch(DatabasePath database) throws IOException {
        try {
            return services.scratch().openFor(database.file(), settings.scratchParent());
        } catch (IOException e) {
            if (settings.scratchParent() == null && FileFailures.isForbidden(e)) {
                throw new SnapshotConfigurationException(
                        "no scratch directory can be created next to " + database + ": " + e.getMessage()
                                + "; choose a scratch directory on another volume (--scratch)",
                        e);
            }
            throw e;
        }
    }

    /**
     * Returns positions that are at least as long, when encoded, as those of the capture, unless a stream is added by
     * then.
     */
    private static Positions longest(TakeSource source) {
        MapControl map = source.map();
        if (map == null) {
            return source.given();
        }
        Positions longest = Positions.none();
        for (String stream : map.read().positions().byStream().keySet()) {
            longest = longest.with(stream, new StreamPosition(Long.MAX_VALUE, LATE, LATE));
        }
        return longest;
    }
}
