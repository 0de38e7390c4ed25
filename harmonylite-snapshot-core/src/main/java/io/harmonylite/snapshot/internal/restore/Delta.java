package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.exception.DatabaseInUseException;
import io.harmonylite.snapshot.exception.SnapshotInterruptedException;
import io.harmonylite.snapshot.exception.StoreUnavailableException;
import io.harmonylite.snapshot.internal.catalog.PackFetcher;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.concurrent.Interruption;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.format.ImageGeometry;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.sqlite.FreePages;
import io.harmonylite.snapshot.internal.sqlite.ImagePages;
import io.harmonylite.snapshot.internal.sqlite.LiveDatabase;
import io.harmonylite.snapshot.internal.sqlite.PrivateImage;
import io.harmonylite.snapshot.internal.sqlite.Sanitizer;
import io.harmonylite.snapshot.internal.sqlite.Sanitizer.DanglingReferences;
import io.harmonylite.snapshot.internal.sqlite.TargetProbe;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds an image from a copy of the database that it replaces, and fetches only the pages that differ. SQLite copies
 * the database in one read transaction and leaves no trace in it. Only digests decide whether a page is used, so the
 * state of that database does not matter. Any failure except one of the store ends the attempt, and everything is
 * fetched.
 */
final class Delta {

    private static final Logger LOG = LoggerFactory.getLogger(Delta.class);

    /** Maximum size of the replaced database, in images: all of it is copied, and needs space. */
    private static final int MAX_IMAGES = 2;

    /** Minimum part of the image that the replaced database could provide: an eighth. */
    private static final int MIN_PART = 8;

    private final Services services;
    private final SnapshotCatalog catalog;
    private final Manifest manifest;
    private final ImageGeometry geometry;
    private final LongConsumer fetched;
    private final AtomicLong reused = new AtomicLong();
    private final AtomicLong done = new AtomicLong();

    /**
     * Prepares a delta.
     *
     * @param fetched receives the length of each read from the store in bytes
     */
    Delta(Services services, SnapshotCatalog catalog, Manifest manifest, LongConsumer fetched) {
        this.services = services;
        this.catalog = catalog;
        this.manifest = manifest;
        this.geometry = manifest.head().geometry();
        this.fetched = fetched;
    }

    /**
     * Builds the image in a new file.
     *
     * @return bytes of pages that were taken from the replaced database; empty if the file does not exist, and everything
     *     must be fetched
     */
    OptionalLong toFile(Path file, TargetProbe replaced) throws IOException {
        if (!isWorthwhile(replaced, Objects.requireNonNull(file.getParent(), "a scratch file has a directory"))) {
            return OptionalLong.empty();
        }
        FileOperations files = services.files();
        Path copy = file.resolveSibling("copy.db"); // A journal of a failed copy does not belong to the image.
        try {
            long reused = build(copy, copy(replaced, copy));
            files.rename(copy, file);
            return OptionalLong.of(reused);
        } catch (SnapshotInterruptedException | StoreUnavailableException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            LOG.info("Pages of {} cannot be used, so all pages are fetched: {}", replaced.target(), e.toString());
            LOG.debug("The failure", e);
            files.delete(copy);
            files.delete(file);
            Interruption.check();
            return OptionalLong.empty();
        }
    }

    private boolean isWorthwhile(TargetProbe replaced, Path directory) throws IOException {
        long bytes = replaced.pageCount() * replaced.pageSize();
        return replaced.pageSize() == geometry.pageSize()
                && bytes / MAX_IMAGES <= geometry.imageBytes()
                && bytes >= geometry.imageBytes() / MIN_PART
                && services.files().usableSpace(directory) >= Math.max(bytes, geometry.imageBytes());
    }

    /**
     * Copies the replaced database, and drops from the copy what a take drops, so that more pages are equal. Returns the
     * geometry of the copy.
     */
    private ImageGeometry copy(TargetProbe replaced, Path copy) throws IOException {
        services.files().createPrivate(copy).close();
        try (LiveDatabase live = LiveDatabase.openToLook(replaced.target(), services.connector())) {
            live.copyTo(copy, (done, all) -> {});
        }
        PrivateImage image = new PrivateImage(copy, services.connector());
        image.sanitize(new Sanitizer(Set.of(), Set.of(), DanglingReferences.ALLOWED));
        ImageGeometry old = image.probe().geometry();
        if (old.pageSize() != geometry.pageSize()) {
            throw new DatabaseInUseException(replaced.target() + " has got another page size");
        }
        Interruption.check();
        return old;
    }

    /** Makes the copy the image, and returns the bytes of its pages that stay. */
    private long build(Path copy, ImageGeometry old) throws IOException {
        try (FileChannel channel = services.files().openForWrite(copy)) {
            FreePages.blank(services.files(), channel, old);
            resize(channel);
            ImagePages image = new ImagePages(channel, geometry);
            services.loop().run(geometry.leafCount(), () -> new DeltaWorker(this, image, old.pageCount()));
            services.loop().run(geometry.leafCount(), () -> new LeafDigestWorker(channel, manifest));
            return reused.get();
        }
    }

    Manifest manifest() {
        return manifest;
    }

    FileOperations files() {
        return services.files();
    }

    PackFetcher fetcher() {
        return new PackFetcher(catalog, fetched);
    }

    /**
     * Reports that a leaf is complete.
     *
     * @param pages number of its pages that the replaced database provided
     */
    void completed(int leaf, int pages) {
        int size = geometry.pageSize();
        reused.addAndGet((long) pages * size);
        long sum = done.addAndGet((long) geometry.pagesIn(leaf) * size);
        services.stages().progressed(Stage.FETCH, sum, geometry.imageBytes());
    }

    private void resize(FileChannel channel) throws IOException {
        long bytes = geometry.imageBytes();
        if (channel.size() > bytes) {
            channel.truncate(bytes);
        } else if (channel.size() < bytes) {
            services.files().write(channel, ByteBuffer.allocate(1), bytes - 1);
        }
    }
}
