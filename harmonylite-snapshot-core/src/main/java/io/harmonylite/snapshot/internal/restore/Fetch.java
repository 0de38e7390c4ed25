package io.harmonylite.snapshot.internal.restore;

import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.internal.catalog.SnapshotCatalog;
import io.harmonylite.snapshot.internal.file.FileOperations;
import io.harmonylite.snapshot.internal.format.LeafEntry;
import io.harmonylite.snapshot.internal.format.Manifest;
import io.harmonylite.snapshot.internal.runtime.FreeSpace;
import io.harmonylite.snapshot.internal.runtime.Services;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** Fetches an image, several packs at a time, in bounded memory. Every pack, leaf and page is verified on arrival. */
final class Fetch {

    private final Services services;
    private final SnapshotCatalog catalog;

    Fetch(Services services, SnapshotCatalog catalog) {
        this.services = services;
        this.catalog = catalog;
    }

    /** Fetches an image into a new file. */
    void toFile(Manifest manifest, Path file) throws IOException {
        FileOperations files = services.files();
        long bytes = manifest.head().geometry().imageBytes();
        FreeSpace.use(files, parentOf(file), bytes, "the image", () -> {
            try (FileChannel channel = files.createPrivate(file)) {
                toSink(
                        manifest,
                        (buffer, offset, length, imageOffset) ->
                                files.write(channel, ByteBuffer.wrap(buffer, offset, length), imageOffset));
            }
            return bytes;
        });
    }

    /** Fetches and verifies an image without keeping it. */
    void toNowhere(Manifest manifest) {
        toSink(manifest, (buffer, offset, length, imageOffset) -> {});
    }

    private void toSink(Manifest manifest, PageSink sink) {
        List<List<Integer>> leavesByPack = leavesByPack(manifest);
        long all = manifest.head().geometry().imageBytes();
        AtomicLong done = new AtomicLong();
        PageSink counting = (buffer, offset, length, imageOffset) -> {
            sink.accept(buffer, offset, length, imageOffset);
            services.stages().progressed(Stage.FETCH, done.addAndGet(length), all);
        };
        services.loop().run(leavesByPack.size(), () -> new FetchWorker(catalog, manifest, leavesByPack, counting));
    }

    /** Returns, for each pack that holds leaves, the numbers of its leaves. A pack is fetched once for all of them. */
    private static List<List<Integer>> leavesByPack(Manifest manifest) {
        SortedMap<Integer, List<Integer>> byPack = new TreeMap<>();
        List<LeafEntry> leaves = manifest.leaves();
        for (int leaf = 0; leaf < leaves.size(); leaf++) {
            byPack.computeIfAbsent(leaves.get(leaf).pack(), pack -> new ArrayList<>())
                    .add(leaf);
        }
        return List.copyOf(byPack.values());
    }

    private static Path parentOf(Path file) {
        return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file has a directory");
    }
}
