package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.PendingRecord;
import io.harmonylite.snapshot.Positions;
import io.harmonylite.snapshot.SequenceRange;
import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.internal.concurrent.Interruption;
import io.harmonylite.snapshot.internal.concurrent.Throttle;
import io.harmonylite.snapshot.internal.file.CopyProcess;
import io.harmonylite.snapshot.internal.file.ScratchDirectory;
import io.harmonylite.snapshot.internal.format.ImageGeometry;
import io.harmonylite.snapshot.internal.runtime.FreeSpace;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.sqlite.CopyProgress;
import io.harmonylite.snapshot.internal.sqlite.DatabasePath;
import io.harmonylite.snapshot.internal.sqlite.LiveDatabase;
import io.harmonylite.snapshot.internal.sqlite.Origin;
import io.harmonylite.snapshot.internal.sqlite.OriginTable;
import io.harmonylite.snapshot.internal.sqlite.PrivateImage;
import io.harmonylite.snapshot.internal.take.QuiescenceWaiter.Facts;
import io.harmonylite.snapshot.internal.take.QuiescenceWaiter.Held;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;

/** Copies one committed state of the live database into a scratch file, page by page. */
final class Capture {

    private final Services services;
    private final CaptureSettings settings;
    private final DatabasePath database;
    private final TakeSource source;
    private final ScratchDirectory scratch;

    Capture(
            Services services,
            CaptureSettings settings,
            DatabasePath database,
            TakeSource source,
            ScratchDirectory scratch) {
        this.services = services;
        this.settings = settings;
        this.database = database;
        this.source = source;
        this.scratch = scratch;
    }

    /** Positions that were given were read before: what the image holds beyond them is replayed, never missed. */
    Captured run() throws IOException {
        Path copy = scratch.create("copy.db");
        PrivateImage image = new PrivateImage(copy, services.connector());
        QuiescenceWaiter waiter = new QuiescenceWaiter(database, services.connector(), source);
        FileCapture files = new FileCapture(services.files(), services.connector(), database, new CopyProcess(), copy);
        boolean isByFiles = settings.copiesFiles() && FileCapture.isUseful(database);
        Held held = waiter.await(isByFiles ? files::copyLog : begun -> {});
        try (LiveDatabase live = held.live()) {
            String journalMode = live.journalMode();
            ImageGeometry geometry = live.geometry();
            requireTakeable(geometry);
            String what = "copying " + database;
            return FreeSpace.use(services.files(), scratch.path(), geometry.imageBytes(), what, () -> {
                Optional<Facts> facts =
                        held.isFirst() && files.copyDatabase(live) ? waiter.of(image, held.facts()) : Optional.empty();
                if (facts.isEmpty()) {
                    files.clear();
                    copy(live, journalMode, copy);
                }
                Interruption.check();
                return captured(image, journalMode, facts.orElse(held.facts()));
            });
        }
    }

    private Captured captured(PrivateImage image, String journalMode, Facts facts) {
        requireTakeable(image.probe().geometry());
        Optional<Origin> origin = image.read(OriginTable::read);
        return new Captured(
                image,
                journalMode,
                facts.positions(),
                facts.unpublished(),
                origin.map(Origin::possiblyMissing).orElseGet(Collections::emptySortedMap));
    }

    private void copy(LiveDatabase live, String journalMode, Path copy) {
        CopyProgress progress = (done, all) -> services.stages().progressed(Stage.CAPTURE, done, all);
        Throttle slow = settings.in(journalMode);
        if (slow == null) {
            live.copyTo(copy, progress);
        } else {
            live.copySlowlyTo(copy, new ThrottledCopy(progress, slow, database::walBytes, settings.walBytes()));
        }
    }

    private void requireTakeable(ImageGeometry geometry) {
        if (!geometry.isTakeable()) {
            throw new SnapshotConfigurationException(database + " has " + geometry.pageCount() + " pages of "
                    + geometry.pageSize() + " bytes; a snapshot holds at most " + ImageGeometry.MAX_TAKEABLE_PAGES
                    + " pages and " + ImageGeometry.MAX_TAKEABLE_BYTES
                    + " bytes. Use larger pages, or split the database");
        }
    }

    /**
     * The result of a capture.
     *
     * @param image the private copy, not sanitized yet
     * @param journalMode journal mode of the live database
     * @param positions the positions of the image
     * @param unpublished data in the image beyond the positions
     * @param possiblyMissing messages of each stream that the image may lack
     */
    record Captured(
            PrivateImage image,
            String journalMode,
            Positions positions,
            PendingRecord unpublished,
            SortedMap<String, SequenceRange> possiblyMissing) {}
}
