package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.Compaction;
import io.harmonylite.snapshot.internal.file.ScratchDirectory;
import io.harmonylite.snapshot.internal.runtime.FreeSpace;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.sqlite.ImageProbe;
import io.harmonylite.snapshot.internal.sqlite.PrivateImage;
import io.harmonylite.snapshot.internal.take.Capture.Captured;
import java.io.IOException;

/**
 * Removes free pages from the private copy if the compaction policy asks for it. The live database is not held during
 * that.
 */
final class Compact {

    private static final long WORTHWHILE = 4;

    private final Services services;
    private final Compaction policy;

    Compact(Services services, Compaction policy) {
        this.services = services;
        this.policy = policy;
    }

    Compacted run(Captured captured, ScratchDirectory scratch) throws IOException {
        PrivateImage image = captured.image();
        ImageProbe probe = image.probe();
        if (isDue(probe)) {
            image = compact(image, probe, scratch);
            services.files().delete(captured.image().file());
            probe = image.probe();
        }
        return new Compacted(image, probe, captured);
    }

    private PrivateImage compact(PrivateImage image, ImageProbe probe, ScratchDirectory scratch) throws IOException {
        long bytes = probe.geometry().imageBytes();
        return FreeSpace.use(
                services.files(),
                scratch.path(),
                bytes,
                "compacting the copy",
                () -> image.compactInto(scratch.resolve("compact.db")));
    }

    private boolean isDue(ImageProbe probe) {
        return switch (policy) {
            case ALWAYS -> true;
            case NEVER -> false;
            case WHEN_WORTHWHILE ->
                probe.freePages() * WORTHWHILE > probe.geometry().pageCount();
        };
    }

    /**
     * An image that is ready to be sealed.
     *
     * @param image the private copy, compacted or as captured
     * @param probe its properties
     * @param captured the capture it comes from
     */
    record Compacted(PrivateImage image, ImageProbe probe, Captured captured) {}
}
