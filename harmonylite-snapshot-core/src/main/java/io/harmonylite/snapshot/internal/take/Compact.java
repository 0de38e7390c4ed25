package io.harmonylite.snapshot.internal.take;

import io.harmonylite.snapshot.Compaction;
import io.harmonylite.snapshot.exception.InsufficientSpaceException;
import io.harmonylite.snapshot.exception.SnapshotConfigurationException;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.internal.file.ScratchDirectory;
import io.harmonylite.snapshot.internal.format.ManifestHead;
import io.harmonylite.snapshot.internal.runtime.FreeSpace;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.sqlite.ImageProbe;
import io.harmonylite.snapshot.internal.sqlite.PrivateImage;
import io.harmonylite.snapshot.internal.take.Capture.Captured;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes free pages from the private copy if the compaction policy asks for it. The live database is not held during
 * that.
 */
final class Compact {

    private static final Logger LOG = LoggerFactory.getLogger(Compact.class);

    private static final long WORTHWHILE = 4;

    private final Services services;
    private final Compaction policy;

    Compact(Services services, Compaction policy) {
        this.services = services;
        this.policy = policy;
    }

    /**
     * Compacts the copy if that is due. A compaction that fails is skipped, unless the policy is {@code ALWAYS}.
     *
     * @throws SnapshotConfigurationException if the policy is {@code ALWAYS}, and SQLite would not write the same image
     */
    Compacted run(Captured captured, ScratchDirectory scratch) throws IOException {
        PrivateImage image = captured.image();
        ImageProbe probe = image.probe();
        if (!isDue(probe)) {
            return new Compacted(image, probe, captured, Optional.empty());
        }
        Path target = scratch.create("compact.db");
        try {
            PrivateImage compact = compact(image, probe, target, scratch.path());
            services.files().delete(image.file());
            return new Compacted(compact, compact.probe(), captured, Optional.empty());
        } catch (SnapshotConfigurationException | InsufficientSpaceException e) {
            if (policy == Compaction.ALWAYS) {
                throw required(e);
            }
            LOG.warn("The image is stored without compaction: {}", e.getMessage());
            services.files().delete(target);
            return new Compacted(image, probe, captured, Optional.of(shorten(e)));
        }
    }

    /** Returns the message of a failure, short enough for every manifest. */
    private static String shorten(SnapshotException failure) {
        return String.valueOf(failure.getMessage())
                .codePoints()
                .limit(ManifestHead.MAX_REASON)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static SnapshotException required(SnapshotException e) {
        return e instanceof InsufficientSpaceException
                ? e
                : new SnapshotConfigurationException(
                        "the copy cannot be compacted: " + e.getMessage()
                                + ". Register the functions and collations of the application, or compact only when"
                                + " worthwhile or never",
                        e);
    }

    /** Compacts the image while another thread checks that SQLite writes the same indexes. */
    private PrivateImage compact(PrivateImage image, ImageProbe probe, Path target, Path scratch) throws IOException {
        long bytes = probe.geometry().imageBytes();
        List<Runnable> steps = List.of(() -> image.compactInto(target), image::requireSameIndexes);
        return FreeSpace.use(services.files(), scratch, bytes, "compacting the copy", () -> {
            services.takeLoop()
                    .run(steps.size(), () -> number -> steps.get(number).run());
            return new PrivateImage(target, services.connector());
        });
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
     * @param notCompacted why a compaction that was due was skipped; empty if none was due, or none was skipped
     */
    record Compacted(PrivateImage image, ImageProbe probe, Captured captured, Optional<String> notCompacted) {}
}
