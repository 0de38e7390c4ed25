package io.harmonylite.snapshot.internal.harmonylite;

import io.harmonylite.snapshot.Stage;
import io.harmonylite.snapshot.exception.SnapshotException;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshot;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotSource;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteSnapshotSource.Opened;
import io.harmonylite.snapshot.harmonylite.HarmonyLiteTag;
import io.harmonylite.snapshot.internal.catalog.StoreFailures;
import io.harmonylite.snapshot.internal.runtime.FreeSpace;
import io.harmonylite.snapshot.internal.runtime.Services;
import io.harmonylite.snapshot.internal.sqlite.PrivateImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Objects;

/** Downloads a HarmonyLite snapshot into a new private file, and computes its tag while doing so. */
final class HarmonyLiteFetch {

    private static final int CHUNK = 1 << 20;

    private final Services services;
    private final HarmonyLiteSnapshotSource source;

    HarmonyLiteFetch(Services services, HarmonyLiteSnapshotSource source) {
        this.services = services;
        this.source = source;
    }

    HarmonyLiteImage into(Path file) throws IOException {
        try (Opened opened = StoreFailures.calling(source::open)) {
            HarmonyLiteSnapshot snapshot = opened.snapshot();
            Path directory = Objects.requireNonNull(file.getParent(), "a scratch file has a directory");
            String tag = FreeSpace.use(
                    services.files(),
                    directory,
                    snapshot.sizeBytes(),
                    "the image",
                    () -> copy(opened.content(), snapshot.sizeBytes(), file));
            return new HarmonyLiteImage(
                    snapshot, tag, new PrivateImage(file, services.connector().untrusting()));
        }
    }

    private String copy(InputStream content, long size, Path file) throws IOException {
        HarmonyLiteTag tag = new HarmonyLiteTag();
        byte[] chunk = new byte[CHUNK];
        try (FileChannel channel = services.files().createPrivate(file)) {
            long done = 0;
            for (int count = read(content, chunk); count > 0; count = read(content, chunk)) {
                write(channel, ByteBuffer.wrap(chunk, 0, count), done);
                tag.update(chunk, 0, count);
                done += count;
                services.stages().progressed(Stage.FETCH, done, size);
            }
            requireWhole(done, size);
        }
        return tag.text();
    }

    /** Reads from the source, and reports its failures as those of a store, not of the local file. */
    private static int read(InputStream content, byte[] chunk) {
        return StoreFailures.calling(() -> content.readNBytes(chunk, 0, chunk.length));
    }

    private void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
        services.files().write(channel, bytes, position);
    }

    private void requireWhole(long done, long size) {
        if (done != size) {
            throw new SnapshotException(source + " returned " + done + " bytes instead of " + size);
        }
    }
}
