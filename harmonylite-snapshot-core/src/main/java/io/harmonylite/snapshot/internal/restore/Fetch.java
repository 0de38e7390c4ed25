package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.format.LayerEntry;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.restore.FetchWorker.Part;
import io.harmonylite.snapshot.internal.runtime.FreeSpace;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.sqlite.TargetProbe;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Fetches an image, several packs at a time, in bounded memory. Each pack is read once, and verified before its content
 * is used. The image is read back and compared with the manifest's digests.
 */
final class Fetch {

    private final Services services;
    private final SnapshotCatalog catalog;
    private final AtomicLong fetched = new AtomicLong();

    Fetch(Services services, SnapshotCatalog catalog) {
        this.services = services;
        this.catalog = catalog;
    }

    /**
     * Fetches an image into a new file. Fetches only the pages that the replaced database lacks, if that is possible.
     *
     * @param replaced the database that the image replaces; null to fetch all pages
     */
    FetchedBytes toFile(Manifest manifest, Path file, @Nullable TargetProbe replaced) throws IOException {
        OptionalLong reused = replaced == null
                ? OptionalLong.empty()
                : new Delta(services, catalog, manifest, fetched::addAndGet).toFile(file, replaced);
        if (reused.isEmpty()) {
            all(manifest, file, null);
        }
        return new FetchedBytes(fetched.get(), reused.orElse(0));
    }

    /**
     * Fetches an image into a new file, checks every page that is stored, and fails after all packs were read.
     *
     * @param damage receives the damaged packs
     */
    void checked(Manifest manifest, Path file, Damage damage) throws IOException {
        all(manifest, file, damage);
    }

    private void all(Manifest manifest, Path file, @Nullable Damage damage) throws IOException {
        FileOperations files = services.files();
        long bytes = manifest.head().geometry().imageBytes();
        FreeSpace.use(files, parentOf(file), bytes, "the image", () -> {
            try (FileChannel channel = files.createPrivate(file)) {
                toSink(
                        manifest,
                        (buffer, offset, length, imageOffset) ->
                                files.write(channel, ByteBuffer.wrap(buffer, offset, length), imageOffset),
                        damage);
            }
            return bytes;
        });
        try (FileChannel channel = files.openForRead(file)) {
            services.loop().run(manifest.leaves().size(), () -> new LeafDigestWorker(channel, manifest));
        }
    }

    /**
     * Fetches and checks every page that is stored without keeping it, and fails after all packs were read.
     *
     * @param damage receives the damaged packs
     */
    void toNowhere(Manifest manifest, Damage damage) {
        toSink(manifest, (buffer, offset, length, imageOffset) -> {}, damage);
    }

    /** Checks that page tables and digests make up the image. */
    void checkTables(Manifest manifest) {
        services.loop().run(manifest.leaves().size(), () -> new LeafTableWorker(catalog, manifest));
    }

    private void toSink(Manifest manifest, PageSink sink, @Nullable Damage damage) {
        List<List<Part>> parts = parts(manifest);
        long all = manifest.head().geometry().imageBytes();
        AtomicLong done = new AtomicLong();
        PageSink counting = (buffer, offset, length, imageOffset) -> {
            sink.accept(buffer, offset, length, imageOffset);
            long sum = Math.min(done.addAndGet(length), all); // Pages of an earlier take may be replaced.
            services.stages().progressed(Stage.FETCH, sum, all);
        };
        PackOrder order = new PackOrder(manifest.packs());
        services.loop()
                .run(
                        parts.size(),
                        () -> new FetchWorker(catalog, manifest, parts, counting, order, fetched::addAndGet, damage));
        if (damage != null) {
            damage.throwIfAny();
        }
    }

    /** Returns, for each pack, the layers in it that the image uses. */
    private static List<List<Part>> parts(Manifest manifest) {
        List<List<Part>> parts = new ArrayList<>();
        manifest.packs().forEach(pack -> parts.add(new ArrayList<>()));
        for (int leaf = 0; leaf < manifest.leaves().size(); leaf++) {
            for (LayerEntry layer : manifest.leaves().get(leaf).layers()) {
                parts.get(layer.pack()).add(new Part(leaf, layer));
            }
        }
        return parts;
    }

    private static Path parentOf(Path file) {
        return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a directory");
    }
}
